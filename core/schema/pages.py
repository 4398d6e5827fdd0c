"""The document over HTTP: as JSON, as YAML, and as two pages for people."""

import hashlib
import json
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from core.schema.document import Document

# Both pages have inline styles; ReDoc searches in a worker made from a blob.
_PAGE_POLICY = {"style-src": ["'unsafe-inline'"], "worker-src": ["'self'", "blob:"]}

MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}


def make_document_urls(document: Document) -> list[URLPattern]:
    """Routes for `/swagger.json`, `/swagger.yaml`, `/swagger/` and `/redoc/`. No token is asked for."""

    def encode(form: str) -> bytes:
        return document.json if form == "json" else document.yaml

    def calculate_tag(request: HttpRequest, form: str) -> str:
        return f'"{hashlib.sha256(encode(form)).hexdigest()[:32]}"'

    @require_safe
    @condition(etag_func=calculate_tag)
    def show_document(request: HttpRequest, form: str) -> HttpResponseBase:
        """Return the document, or 304 where the client has it."""
        response = HttpResponse(encode(form), content_type=f"{MEDIA_TYPES[form]}; charset=utf-8")
        patch_cache_control(response, no_cache=True)
        return response

    def show_page(request: HttpRequest, template: str, **settings: Any) -> HttpResponse:
        address = {"url": reverse("schema-json")}
        encoded = {name: json.dumps({**values, **address}) for name, values in settings.items()}
        return render(request, template, {"title": document.guide.title, "oauth2_config": "{}", **encoded})

    @require_safe
    @csp_update(_PAGE_POLICY)
    def show_swagger(request: HttpRequest) -> HttpResponse:
        """Return the Swagger page."""
        # Imported here: it imports validators that only this page needs.
        from drf_yasg.renderers import SwaggerUIRenderer

        return show_page(request, "core/swagger.html", swagger_settings=SwaggerUIRenderer().get_swagger_ui_settings())

    @require_safe
    @csp_update(_PAGE_POLICY)
    def show_redoc(request: HttpRequest) -> HttpResponse:
        """Return the ReDoc page."""
        from drf_yasg.renderers import ReDocRenderer

        return show_page(request, "core/redoc.html", redoc_settings=ReDocRenderer().get_redoc_settings())

    return [
        path("swagger.json", show_document, {"form": "json"}, name="schema-json"),
        path("swagger.yaml", show_document, {"form": "yaml"}, name="schema-yaml"),
        path("swagger/", show_swagger, name="swagger"),
        path("redoc/", show_redoc, name="redoc"),
    ]
