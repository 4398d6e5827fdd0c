"""Lengths of responses, and bodies of requests that come without one."""

import io

import pytest
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from core.web.chunked_body import ChunkedBodyMiddleware
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


class BrokenStream:
    """Chunks that end before the body does."""

    def read(self, size):
        raise EOFError


def receive(stream, **environ):
    """Return the environment as the application below the middleware gets it."""
    received = {}

    def application(environ, start_response):
        received.update(environ)
        return []

    ChunkedBodyMiddleware(application, limit=10)({"wsgi.input": stream, **environ}, lambda status, headers: None)
    return received


CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


@pytest.mark.parametrize(("sent", "length"), [(0, 0), (5, 5), (20, 11)])
def test_a_chunked_body_is_read_up_to_the_limit_and_gets_a_length(sent, length):
    received = receive(io.BytesIO(b"x" * sent), **CHUNKED)

    assert received["CONTENT_LENGTH"] == str(length)
    assert received["wsgi.input"].read() == b"x" * length


@pytest.mark.parametrize("environ", [{}, {"HTTP_TRANSFER_ENCODING": "chunked"}, {"wsgi.input_terminated": True}])
def test_a_stream_without_a_known_end_is_not_read(environ):
    stream = io.BytesIO(b"abc")

    received = receive(stream, **environ)

    assert received["wsgi.input"] is stream
    assert (stream.tell(), "CONTENT_LENGTH" in received) == (0, False)


def test_broken_chunks_are_an_error_for_whoever_reads_the_body():
    received = receive(BrokenStream(), **CHUNKED)

    with pytest.raises(OSError, match="chunks"):
        received["wsgi.input"].read()
