"""The house rules that imports alone do not show, read from the source. `.importlinter` holds the others."""

import ast
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
    return pytest.mark.parametrize("path", paths, ids=_name)


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
