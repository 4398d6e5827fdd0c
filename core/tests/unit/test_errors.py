"""Errors of rules carry what a client needs to name them."""

from core.kernel.errors import DomainError, FigureOutOfRange


def test_an_error_has_a_message_a_code_and_a_field() -> None:
    error = DomainError("Goals together pass 100.", code="goals_above_hundred", field="percentage")

    assert isinstance(error, ValueError)
    assert str(error) == error.message == "Goals together pass 100."
    assert (error.code, error.field) == ("goals_above_hundred", "percentage")


def test_without_a_code_it_is_merely_invalid() -> None:
    error = DomainError("No.")

    assert (error.code, error.field) == ("invalid", None)
    assert DomainError.code == "invalid"


def test_a_figure_out_of_range_is_a_rule_with_its_own_code() -> None:
    error = FigureOutOfRange("Too much.")

    assert isinstance(error, DomainError)
    assert error.code == "figure_out_of_range"
