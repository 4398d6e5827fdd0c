"""The errors that rules raise. The web layer answers each with a 400."""


class DomainError(ValueError):
    """A rule that the given rows break.

    `code` is stable and meant for programs, `field` names the input at fault (None: the whole),
    the message is a sentence for a person.
    """

    code = "invalid"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class FigureOutOfRange(DomainError):
    """A sum passed what can be stored exactly (see the bounds in `kernel.money`)."""

    code = "figure_out_of_range"
