"""The request body: limited while it arrives, chunked or not, and never held whole in memory."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Request
from gunicorn.http.errors import ParseException
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream

from aifr.errors import BodyTooLarge, InvalidParameter, MalformedBody, UnsupportedType
from aifr.fields import refuse_unknown
from aifr.settings import Settings

MULTIPART, JSON = "multipart/form-data", "application/json"
MAX_PARTS = 200
MAX_TEXT_BYTES = 500_000
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Form:
    """A multipart form: its text fields and its files, which lie on disk from 500 kB on."""

    fields: MultiDict[str, str]
    files: MultiDict[str, FileStorage]


def read_form(request: Request, settings: Settings) -> Form:
    """Parses the body of a multipart request.

    Raises UnsupportedType for another content type, BodyTooLarge above settings.max_body_bytes,
    MalformedBody.
    """
    if request.mimetype != MULTIPART:
        raise UnsupportedType(f"Send the photos as {MULTIPART}.")
    parser = FormDataParser(
        max_form_memory_size=MAX_TEXT_BYTES,
        max_content_length=settings.max_body_bytes,
        max_form_parts=MAX_PARTS,
        silent=False,
    )
    try:
        _, fields, files = parser.parse_from_environ(request.environ)
    except RequestEntityTooLarge:
        raise BodyTooLarge(
            f"The request is larger than {settings.max_body_bytes} bytes, has too many fields, "
            f"or a text field above {MAX_TEXT_BYTES} bytes."
        ) from None
    # BlockingIOError: nothing came for too long. ParseException: a chunk breaks the rules.
    except (ValueError, BlockingIOError, ClientDisconnected, ParseException):
        raise MalformedBody(f"The body is not well-formed {MULTIPART}.") from None
    return Form(fields, files)


def texts_of(form: Form, texts: Collection[str], files: Collection[str]) -> dict[str, str]:
    """The text fields of a form that has these texts and these files, and nothing else.

    Raises InvalidParameter for any other field, a text told more than once, or sent as a file. A
    file sent as text is left to whoever takes the files.
    """
    refuse_unknown({**form.fields, **form.files}, (*texts, *files))
    for name in texts:
        if name in form.files:
            raise InvalidParameter(f"{name} must be text, not a file.", name)
        if len(form.fields.getlist(name)) > 1:
            raise InvalidParameter(f"{name} may be told once.", name)
    return {name: form.fields[name] for name in form.fields if name in texts}


def read_json(request: Request) -> dict[str, Any]:
    """The JSON object of a request.

    Raises UnsupportedType for another content type, BodyTooLarge above MAX_TEXT_BYTES,
    MalformedBody.
    """
    if request.mimetype != JSON:
        raise UnsupportedType(f"Send the fields as {JSON}.")
    try:
        data = get_input_stream(request.environ).read(MAX_TEXT_BYTES + 1)
        if len(data) > MAX_TEXT_BYTES:
            raise BodyTooLarge(f"The request is larger than {MAX_TEXT_BYTES} bytes.")
        content = json.loads(data, object_pairs_hook=_told_once)
    except (ValueError, BlockingIOError, RecursionError, ClientDisconnected, ParseException):
        raise MalformedBody(f"The body is not well-formed {JSON}.") from None
    if not isinstance(content, dict):
        raise MalformedBody("The body must be a JSON object.")
    return content


def _told_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a field is told twice")
    return content


def discard_body(request: Request, settings: Settings) -> None:
    """Reads what the caller still sends, up to twice the limit.

    A connection closed on unread bytes is reset, and the caller never sees the answer.
    """
    # Without this promise of the server, a read beyond the body would wait for ever.
    if not request.environ.get("wsgi.input_terminated"):
        return
    stream, left = request.environ["wsgi.input"], 2 * settings.max_body_bytes
    try:
        while left > 0 and (chunk := stream.read(CHUNK_BYTES)):
            left -= len(chunk)
    except (OSError, ParseException):
        return
