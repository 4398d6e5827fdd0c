"""The map of security names tests that exist, requirements that are known, and every mutation."""

import ast
import importlib.util
import re
import sys

import pytest

from core.tests.support.servers import ROOT

TESTS = ROOT / "core" / "tests"
MAPS = [ROOT / "SECURITY.md", ROOT / "docs" / "asvs.md"]
_TEST = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")
# How many requirements of the levels 1 and 2 the standard has.
REQUIREMENTS = 253


def list_functions(path):
    """The tests of one file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("file", MAPS, ids=lambda file: file.name)
def test_every_test_that_is_named_exists(file):
    named = _TEST.findall(file.read_text(encoding="utf-8"))

    missing = {
        f"{path}::{name}"
        for path, name in named
        if not (TESTS / path).is_file() or (name and name not in list_functions(TESTS / path))
    }
    assert missing == set()
    assert len(named) > 20


def test_every_requirement_of_the_standard_is_answered_once():
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]

    numbers = [number for row in rows for number in re.findall(r"(?<![\w.])\d{1,2}\.\d{1,2}\.\d{1,2}(?![\w.])", row)]

    assert len(numbers) == len(set(numbers)) == REQUIREMENTS


def test_every_mutation_is_listed_with_what_caught_it():
    specification = importlib.util.spec_from_file_location("mutations", ROOT / "bin" / "mutations.py")
    mutations = importlib.util.module_from_spec(specification)
    sys.path.insert(0, str(ROOT / "bin"))
    sys.modules["mutations"] = mutations
    try:
        specification.loader.exec_module(mutations)
    finally:
        sys.path.remove(str(ROOT / "bin"))
        del sys.modules["mutations"]
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    unlisted = {item.name for item in mutations.MUTATIONS if not re.search(rf"\| {re.escape(item.name)} \| `", text)}
    lost = {item.name for item in mutations.MUTATIONS if item.old not in (ROOT / item.file).read_text(encoding="utf-8")}

    assert unlisted == set()
    assert lost == set()
