"""Lengths of responses."""

import io

import pytest
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from core.web.middleware.content_length import ContentLengthMiddleware


def respond(response, method="GET"):
    return ContentLengthMiddleware(lambda _request: response)(RequestFactory().generic(method, "/"))


def test_a_response_has_the_length_of_its_body():
    assert respond(HttpResponse("ä")).headers["Content-Length"] == "2"


def test_a_response_to_head_has_the_length_of_the_body_that_it_leaves_out():
    response = respond(HttpResponse(b"{}"), "HEAD")

    assert (response.content, response.headers["Content-Length"]) == (b"", "2")


@pytest.mark.parametrize("status", [204, 304])
def test_a_response_that_cannot_have_a_body_has_no_length(status):
    assert "Content-Length" not in respond(HttpResponse(status=status, headers={"Content-Length": "0"})).headers


def test_a_stream_is_left_as_it_is():
    response = respond(FileResponse(io.BytesIO(b"abc")))

    assert b"".join(response.streaming_content) == b"abc"
