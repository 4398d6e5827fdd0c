"""The house rules that imports alone do not show, read from the source. `.importlinter` holds the others."""

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path
    for path in CORE.rglob("*.py")
    if not {"tests", "migrations", "__pycache__"} & set(path.relative_to(CORE).parts)
)
ROOT = CORE.parent
# Everything that runs: the product, its tools, and the tests themselves.
PROGRAMS = sorted(
    path
    for room in ("core", "fintech_app", "bench", "faults", "bin")
    for path in (ROOT / room).rglob("*.py")
    if not {"migrations", "__pycache__"} & set(path.relative_to(ROOT).parts)
) + [ROOT / "gunicorn.conf.py", ROOT / "manage.py"]
PRODUCT = [path for path in PROGRAMS if path in SOURCES or path.parent == ROOT / "fintech_app"]
# Underscored, and yet documented by those who made them.
DOCUMENTED = {
    # https://docs.djangoproject.com/en/5.2/ref/models/: `_state.adding`, `_state.db`, `_meta`, `_default_manager`.
    "_default_manager",
    "_meta",
    # Django's request inside DRF's: https://www.django-rest-framework.org/api-guide/requests/.
    "request._request",
}
STATE = {"_state.adding", "_state.db"}
ALLOWED_IN_TESTS = {
    # Methods of named tuples; the underscore keeps them apart from fields.
    "_replace",
    # Ends a forked child without the test run's own clean-up.
    "os._exit",
    # The last answer about the database, which the probe keeps for a second: a test must not wait for that.
    "health._latest",
}
# Names of what Django does not document, whoever's they are.
UNDOCUMENTED = {"ModelState", "klass_info", "_iterable_class", "BaseHandler"}
# Documented as variables to set: https://docs.python.org/3/library/sys.html.
SETTABLE = {"sys.dont_write_bytecode"}

# "About 300 lines", with room for a docstring that had to be said.
LONGEST_FILE = 400
CLOCK_READERS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.time",
    "time.time_ns",
    "timezone.localdate",
    "timezone.localtime",
    "timezone.now",
    "Now",
}
# What a pure module may import beside the standard library: packages that are data.
DATA_PACKAGES = {"kernel/currencies.py": {"iso4217"}, "kernel/working_days.py": {"holidays"}}
# A query that called one of these would write.
WRITERS = {
    "save",
    "delete",
    "create",
    "update",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "select_for_update",
}


def _name(path: Path) -> str:
    return str(path.relative_to(CORE))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _has_role(path: Path, *roles: str) -> bool:
    """Whether the file plays one of these roles in a capability, as a module or inside a package of that name."""
    parts = path.relative_to(CORE).with_suffix("").parts
    return (
        len(parts) > 1
        and parts[0] not in ("models", "web", "limits", "schema", "kernel", "management")
        and parts[1] in roles
    )


def _is_pure(path: Path) -> bool:
    return path.relative_to(CORE).parts[0] == "kernel" or _has_role(path, "domain")


def _imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""


def _called_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def _cases(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(ROOT)).removeprefix("core/"))


def _is_private(name: str) -> bool:
    """Whether a name begins with an underscore. Those that end with one too are documented protocols: `_value_`."""
    return name.startswith("_") and not name.endswith("_")


def _list_own_names(tree: ast.AST) -> set[str]:
    """The functions, classes, variables and attributes that a file defines."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.id if isinstance(node, ast.Name) else node.attr)
    return names


def _list_foreign_privates(tree: ast.Module) -> list[str]:
    """The underscored attributes that a file uses and does not define, and the underscored names that it imports."""
    own = _list_own_names(tree)
    whole = {ast.unparse(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names if _is_private(alias.name)]
        elif isinstance(node, ast.Attribute) and _is_private(node.attr):
            text = ast.unparse(node)
            # The state itself is used for its two documented attributes alone.
            is_state = node.attr == "_state" and text in whole
            # Defined here, and not as an attribute of another's module or object: `request._x = …` defines nothing.
            is_own = node.attr in own and not (isinstance(node.ctx, ast.Store) and text.partition(".")[0] != "self")
            if not (is_state or is_own or {node.attr, text} & DOCUMENTED):
                found.append(text)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("._state"):
            found += [] if f"_state.{node.attr}" in STATE else [ast.unparse(node)]
    return sorted(found)


def _list_imported_names(tree: ast.AST) -> set[str]:
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _list_patches(tree: ast.Module) -> list[str]:
    """The attributes of imported modules, classes and objects that a file sets or deletes."""
    imported = _list_imported_names(tree)
    # A fixture of this name stands before the module in its test.
    imported -= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    patches = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            patches.append(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"setattr", "delattr"}:
            patches.append(node.args[0])
    texts = [ast.unparse(node) for node in patches]
    return [text for text in texts if re.split(r"\W", text)[0] in imported and text not in SETTABLE]


def _list_overridden_privates(tree: ast.Module, module: object) -> list[str]:
    """The underscored names that a file's classes define, and that a class of others above them has as well."""
    found = []
    for node in ast.walk(tree):
        made = getattr(module, node.name, None) if isinstance(node, ast.ClassDef) else None
        if not isinstance(node, ast.ClassDef) or not isinstance(made, type):
            continue
        own = {name for name in _list_own_names(node) if _is_private(name)}
        for base in made.__mro__[1:]:
            if own and not base.__module__.startswith(("core.", "fintech_app.", "builtins")):
                found += [f"{node.name}.{name}: {base.__module__}" for name in own & _list_names_of(base)]
    return sorted(found)


@cache
def _list_names_of(base: type) -> frozenset[str]:
    """The attributes of a class, and those that its methods give an instance."""
    try:
        source = inspect.getsource(base)
    except (OSError, TypeError):
        source = ""
    return frozenset(vars(base)) | frozenset(re.findall(r"self\.(_\w+)", source))


def test_the_brain_is_where_it_is_looked_for():
    """The tests below collect their cases by name; this one fails when the names move away."""
    pure = {_name(path) for path in SOURCES if _is_pure(path)}

    assert {"kernel/money.py", "allowance/domain/figure.py"} <= pure


@_cases([path for path in SOURCES if _is_pure(path)])
def test_pure_modules_import_the_standard_library_and_the_kernel(path):
    own_package = "core." + ".".join(path.relative_to(CORE).parts[:2]).removesuffix(".py")
    allowed = set(sys.stdlib_module_names)
    # Data without I/O: codes and minor units; weekends and holidays.
    allowed.update(DATA_PACKAGES.get(_name(path), ()))

    foreign = [
        module
        for module in _imported_modules(_tree(path))
        if module.partition(".")[0] not in allowed and not (module + ".").startswith(("core.kernel.", own_package))
    ]

    assert foreign == []


@_cases([path for path in SOURCES if _is_pure(path)])
def test_pure_modules_reach_for_nothing_outside(path):
    """No clock, no chance, no environment, no files: only what the caller hands in."""
    outside = {"io", "os", "pathlib", "random", "secrets", "socket", "subprocess", "time", "urllib"}

    assert [module for module in _imported_modules(_tree(path)) if module.partition(".")[0] in outside] == []
    assert [name for name in _called_names(_tree(path)) if name in {"open", "print", "input"}] == []


@_cases([path for path in SOURCES if path.name != "clock.py"])
def test_only_the_clock_module_reads_the_clock(path):
    # A column may have the database's clock as its default, for rows that an older version adds.
    readers = CLOCK_READERS - {"Now"} if "models" in path.parts else CLOCK_READERS

    assert [name for name in _called_names(_tree(path)) if name in readers] == []


@_cases(
    [path for path in SOURCES if _is_pure(path) or _has_role(path, "queries", "services") or "models" in path.parts]
)
def test_no_float_comes_near_money(path):
    floats = [
        node
        for node in ast.walk(_tree(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Attribute) and node.attr in {"FloatField", "sqrt"})
    ]

    assert [f"line {node.lineno}: {ast.unparse(node)}" for node in floats] == []


@_cases([path for path in SOURCES if _has_role(path, "queries")])
def test_queries_write_nothing(path):
    assert [name for name in _called_names(_tree(path)) if name.rpartition(".")[2] in WRITERS] == []


@_cases([path for path in SOURCES if _has_role(path, "domain", "queries", "services")])
def test_services_queries_and_domains_know_no_request(path):
    arguments = [node.arg for node in ast.walk(_tree(path)) if isinstance(node, ast.arg)]

    assert "request" not in arguments
    assert [module for module in _imported_modules(_tree(path)) if module.startswith("django.http")] == []


@_cases([path for path in SOURCES if _has_role(path, "domain", "queries", "services")])
def test_public_functions_take_keywords(path):
    positional = [
        node.name
        for node in _tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.args.args
    ]

    assert positional == []


@_cases(SOURCES)
def test_rooms_say_what_they_hold(path):
    catch_alls = {"utils", "util", "helpers", "helper", "common", "misc"}

    assert not catch_alls & set(path.relative_to(CORE).with_suffix("").parts)


@_cases(SOURCES)
def test_no_file_outgrows_a_reader(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@_cases(PROGRAMS)
def test_no_file_uses_what_others_keep_private(path):
    """Attributes with an underscore are their maker's own, and may be gone with the next version."""
    allowed = ALLOWED_IN_TESTS if "tests" in path.parts else set()

    foreign = _list_foreign_privates(_tree(path))

    assert [text for text in foreign if not allowed & {text, text.rpartition(".")[2]}] == []


@_cases([path for path in PRODUCT if any(isinstance(node, ast.ClassDef) for node in ast.walk(_tree(path)))])
def test_no_class_redefines_what_others_keep_private(path):
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    assert _list_overridden_privates(_tree(path), importlib.import_module(module)) == []


@_cases([path for path in PROGRAMS if path != Path(__file__).resolve()])
def test_no_file_knows_the_inside_of_django(path):
    names = {node.id for node in ast.walk(_tree(path)) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}
    names |= {alias.name for node in ast.walk(_tree(path)) if isinstance(node, ast.ImportFrom) for alias in node.names}

    assert sorted(names & UNDOCUMENTED) == []


@_cases(PROGRAMS)
def test_no_file_patches_what_it_imports(path):
    """Tests patch by `monkeypatch` and `settings`, which take it back."""
    assert _list_patches(_tree(path)) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a\na._b()", ["a._b"]),
        ("from a import _b", ["a._b"]),
        ("def f(request): return request._stream", ["request._stream"]),
        ("def f(request): request._cached = 1", ["request._cached"]),
        ("class A(B):\n def f(self): return self._of_b", ["self._of_b"]),
        ("class A(B):\n def f(self): return self._state.fields_cache", ["self._state.fields_cache"]),
        ("class A:\n def f(self): return self._g()\n def _g(self): return 1", []),
        ("def f(row): return row._meta, row._state.adding, row._state.db, row._default_manager", []),
        ("def f(request): return request._request", []),
    ],
)
def test_the_check_of_private_attributes_sees_them(source, expected):
    assert _list_foreign_privates(ast.parse(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a\na.b = 1", ["a.b"]),
        ("from a import B\nB.c = 1", ["B.c"]),
        ("from a import B\nB.c.d[0].e = 1", ["B.c.d[0].e"]),
        ("from a import B\nsetattr(B, 'c', 1)", ["B"]),
        ("from a import B\ndel B.c", ["B.c"]),
        ("import a\nb = a.B()\nb.c = 1", []),
        ("from a import settings\ndef test_it(settings): settings.c = 1", []),
    ],
)
def test_the_check_of_patches_sees_them(source, expected):
    assert _list_patches(ast.parse(source)) == expected


def test_the_check_of_redefined_attributes_sees_them():
    tree = ast.parse("class Parser(JSONParser):\n  _a = 1\nclass Own(Request):\n  def f(self): self._stream = 1")
    from rest_framework.parsers import JSONParser
    from rest_framework.request import Request

    class Module:
        Parser = type("Parser", (JSONParser,), {})
        Own = type("Own", (Request,), {})

    assert _list_overridden_privates(tree, Module) == ["Own._stream: rest_framework.request"]
