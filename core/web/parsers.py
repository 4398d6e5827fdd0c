"""JSON in, strictly: no binary float, no NaN, no text that a database cannot keep."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from core.web.exceptions import PayloadTooLarge

BODY_LIMIT_BYTES = 1024 * 1024
NESTING_LIMIT = 32


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object. Raises ParseError where a key is repeated: the standard leaves open which value counts."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ParseError("An object names a key twice.")
    return made


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_make_object)


def _check_values(document: Any) -> None:
    """Raise ParseError for text with NUL or a lone surrogate, and for nesting past the limit."""
    pending: list[tuple[Any, int]] = [(document, 0)]
    while pending:
        value, depth = pending.pop()
        if depth > NESTING_LIMIT:
            raise ParseError("The JSON is nested too deeply.")
        if isinstance(value, str):
            if "\x00" in value:
                raise ParseError("Null characters are not allowed.")
            # A lone surrogate is legal in JSON's escapes and in no encoding of text.
            if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
                raise ParseError("The text is not valid Unicode.")
        elif isinstance(value, dict):
            pending.extend((key, depth + 1) for key in value)
            pending.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            pending.extend((item, depth + 1) for item in value)


class StrictJSONParser(JSONParser):
    """Numbers with a fraction or an exponent arrive as Decimal, never as a binary float.

    Raises ParseError (400) for malformed JSON, PayloadTooLarge (413) past `BODY_LIMIT_BYTES`.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the body as Python values."""
        body = stream.read(BODY_LIMIT_BYTES + 1)
        if len(body) > BODY_LIMIT_BYTES:
            raise PayloadTooLarge
        try:
            document = _DECODER.decode(body.decode())
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"JSON parse error: {type(error).__name__}.") from error
        except ArithmeticError as error:
            raise ParseError("JSON parse error: a number is out of range.") from error
        _check_values(document)
        return document
