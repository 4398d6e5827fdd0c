"""Describe serializers and their fields in the document.

A serializer becomes up to three models: what is answered (every field that is read, all of them there), what
is sent (`…Request`: every field that is written) and what changes it in part (`…Patch`: the same, all optional).
A serializer names in `optional_in_answers` the fields that an answer may leave out.
"""

import inspect
from enum import Enum
from typing import Any

from drf_yasg import openapi
from drf_yasg.inspectors import (
    FieldInspector,
    NotHandled,
    ReferencingSerializerInspector,
    StringDefaultFieldInspector,
)
from rest_framework import serializers

from core.web.fields import MOST_DIGITS, ExactDecimalField

DECIMAL_PATTERN = r"^-?\d+(\.\d+)?$"


class Direction(Enum):
    """Whether a model is of requests or responses; the value is the suffix of its name."""

    ANSWERED = ""
    SENT = "Request"
    SENT_IN_PART = "Patch"


def set_direction(serializer: Any, direction: Direction) -> Any:
    """Mark a serializer and those inside it. Return it."""
    serializer.schema_direction = direction
    return serializer


def get_direction(field: Any) -> Direction:
    """Return the direction of the outermost serializer of a field."""
    direction: Direction = getattr(field.root, "schema_direction", Direction.ANSWERED)
    return direction


class ModelSchema(openapi.Schema):
    """The model of a serializer, with the serializer's class, which is not part of the document."""

    def __init__(self, serializer: serializers.Serializer[Any], **options: Any) -> None:
        super().__init__(type=openapi.TYPE_OBJECT, **options)
        self._made_from = type(serializer)

    def is_of(self, serializer: serializers.Serializer[Any]) -> bool:
        """Return whether this is the model of a serializer of this class."""
        return self._made_from is type(serializer)


class ModelInspector(ReferencingSerializerInspector):
    """Describe each serializer as one model for each direction."""

    def field_to_swagger_object(self, field: Any, swagger_object_type: Any, use_references: bool, **kwargs: Any) -> Any:
        """Return a reference to the model. Lists and simple fields are left to other inspectors."""
        if not isinstance(field, serializers.Serializer) or swagger_object_type is not openapi.Schema:
            return super().field_to_swagger_object(field, swagger_object_type, use_references, **kwargs)
        direction = get_direction(field)
        if field.allow_null:
            # Beside a reference nothing else counts, null not either.
            model = self._make_model(field, direction)
            model["x-nullable"] = True
            return model
        name = f"{self.get_serializer_ref_name(field)}{direction.value}"
        definitions = self.components.with_scope(openapi.SCHEMA_DEFINITIONS)
        definition = definitions.setdefault(name, lambda: self._make_model(field, direction))
        if not definition.is_of(field):
            raise ValueError(f"{type(field)} and another serializer are both called {name} in the document")
        return openapi.SchemaRef(definitions, name)

    def _make_model(self, serializer: Any, direction: Direction) -> Any:
        properties = {}
        required = []
        for name, field in serializer.fields.items():
            if field.write_only if direction is Direction.ANSWERED else field.read_only:
                continue
            schema = self.probe_field_inspectors(field, openapi.Schema, use_references=True)
            if schema is None:
                continue
            if r"\w" in schema.get("pattern", ""):
                # In Python `\w` matches letters of any script, in JSON Schema ASCII alone.
                del schema["pattern"]
            properties[name] = schema
            may_be_absent = name in getattr(serializer, "optional_in_answers", ())
            if field.required if direction is Direction.SENT else direction is Direction.ANSWERED and not may_be_absent:
                required.append(name)
        return ModelSchema(
            serializer,
            description=inspect.cleandoc(type(serializer).__doc__ or "") or None,
            properties=properties,
            required=required or None,
        )


class ExactDecimalInspector(StringDefaultFieldInspector):
    """Describe exact decimals as strings of plain numbers."""

    def field_to_swagger_object(self, field: Any, swagger_object_type: Any, use_references: bool, **kwargs: Any) -> Any:
        """Return a string whose pattern has the decimals of a request, or the sign of a response."""
        if not isinstance(field, ExactDecimalField):
            return NotHandled
        schema = super().field_to_swagger_object(field, swagger_object_type, use_references, **kwargs)
        schema.format = openapi.FORMAT_DECIMAL
        schema.pattern = DECIMAL_PATTERN
        if get_direction(field) is not Direction.ANSWERED:
            sign = "-?" if field.signed else ""
            schema.pattern = rf"^{sign}\d{{1,{MOST_DIGITS}}}(\.\d{{1,{field.decimal_places}}})?$"
        return schema


class PlainInspector(FieldInspector):
    """Leave out titles that repeat a name, and `readOnly`, since each direction has its own model."""

    def process_result(self, result: Any, method_name: str, obj: Any, **kwargs: Any) -> Any:
        """Return what another inspector made of a field, without these."""
        if isinstance(result, openapi.Schema) and isinstance(obj, serializers.Field):
            result.pop("title", None)
            result.pop("readOnly", None)
        return result
