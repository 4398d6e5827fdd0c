"""Two names are one where people would take one for the other."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.names import fold_name, has_control_character


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "aLICE"),
        ("STRASSE", "straße"),
        ("ÉMILE", "e\u0301mile"),
        ("ﬁona", "Fiona"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_case_and_encoding_do_not_tell_names_apart(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), [("emile", "émile"), ("alice", "alice "), ("ali", "alice")])
def test_other_letters_are_other_names(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@given(st.text(max_size=20))
def test_a_folded_name_stays_as_it_is(name: str) -> None:
    folded = fold_name(name)

    assert fold_name(folded) == folded
    assert fold_name(unicodedata.normalize("NFD", name)) == folded


@pytest.mark.parametrize(
    "character", ["\x00", "\x01", "\x7f", "\x85", "\u200b", "\u202e", "\u2028", "\ufeff", "\ud800"]
)
def test_characters_that_are_not_shown_are_found(character: str) -> None:
    assert has_control_character(f'"a{character}b"@example.org')


@pytest.mark.parametrize("address", ["alice@example.org", "Ärzte@bücher.example", '"a b"@example.org', "日本@例え.jp"])
def test_an_ordinary_address_holds_no_control_character(address: str) -> None:
    assert not has_control_character(address)
