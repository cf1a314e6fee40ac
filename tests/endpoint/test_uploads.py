"""Photos out of a multipart form, within limits."""

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from aifr.endpoint.body import Form, read_form
from aifr.endpoint.uploads import Upload, many_uploads, one_upload
from aifr.errors import (
    AifrError,
    BodyTooLarge,
    EmptyFile,
    FileTooLarge,
    MalformedBody,
    MissingField,
    NotAFile,
    TooManyFiles,
    UnsupportedType,
)
from aifr.settings import Settings

LIMITS = Settings(max_body_bytes=10_000, max_file_bytes=100, max_files=3)


def post(data: Any, content_type: str | None = None) -> Request:
    return Request(
        EnvironBuilder(method="POST", data=data, content_type=content_type).get_environ()
    )


def raw(body: bytes, content_type: str) -> Request:
    builder = EnvironBuilder(
        method="POST",
        input_stream=io.BytesIO(body),
        content_type=content_type,
        content_length=len(body),
    )
    return Request(builder.get_environ())


def form(**fields: Any) -> Form:
    return read_form(post(fields, "multipart/form-data"), LIMITS)


def file(content: bytes = b"photo", name: str = "a.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_a_file_is_read_and_remembers_its_field() -> None:
    sent = form(image1=file(b"first"), image2=file(b"second"))

    assert one_upload(sent, "image2", LIMITS) == Upload("image2", b"second")


def test_files_of_a_list_are_numbered_in_their_order() -> None:
    sent = form(imageList1=[file(b"first"), file(b"second")])

    assert many_uploads(sent, "imageList1", LIMITS) == [
        Upload("imageList1[0]", b"first"),
        Upload("imageList1[1]", b"second"),
    ]


def test_a_file_may_be_as_large_as_the_limit() -> None:
    assert len(one_upload(form(image1=file(b"x" * 100)), "image1", LIMITS).data) == 100


@pytest.mark.parametrize(
    ("sent", "problem", "param"),
    [
        ({"other": file()}, MissingField, "image1"),
        ({"image1": file(b"", "")}, MissingField, "image1"),
        ({"image1": "text"}, NotAFile, "image1"),
        ({"image1": file(b"")}, EmptyFile, "image1"),
        ({"image1": file(b"x" * 101)}, FileTooLarge, "image1"),
        ({"image1": [file(), file()]}, TooManyFiles, "image1"),
    ],
)
def test_one_upload_refuses(sent: dict[str, Any], problem: type[AifrError], param: str) -> None:
    with pytest.raises(problem) as raised:
        one_upload(form(**sent), "image1", LIMITS)

    assert raised.value.param == param


@pytest.mark.parametrize(
    ("sent", "problem", "param"),
    [
        ([], MissingField, "list"),
        ([file(), file(b"")], EmptyFile, "list[1]"),
        ([file(), file(), file(b"x" * 101)], FileTooLarge, "list[2]"),
        ([file()] * 4, TooManyFiles, "list"),
    ],
)
def test_many_uploads_refuses(sent: list[Any], problem: type[AifrError], param: str) -> None:
    with pytest.raises(problem) as raised:
        many_uploads(form(list=sent), "list", LIMITS)

    assert raised.value.param == param


@pytest.mark.parametrize("content_type", [None, "application/json", "image/jpeg"])
def test_another_content_type_is_unsupported(content_type: str | None) -> None:
    with pytest.raises(UnsupportedType):
        read_form(post(b"{}", content_type), LIMITS)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"no boundary at all", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\nno disposition\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=a", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="image1"; filename="a"\r\n\r\ncut short',
            "multipart/form-data; boundary=x",
        ),
        (b"--x--\r\n", "multipart/form-data"),
        (b"--x--\r\n", "multipart/form-data; boundary=\u00e9"),
    ],
)
def test_a_malformed_body_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(MalformedBody):
        read_form(raw(body, content_type), LIMITS)


def test_a_body_above_the_limit_is_refused() -> None:
    with pytest.raises(BodyTooLarge):
        form(image1=file(b"x" * 10_001))


def test_a_body_above_the_limit_is_refused_though_it_does_not_say_its_length() -> None:
    request = post({"image1": file(b"x" * 10_001)}, "multipart/form-data")
    del request.environ["CONTENT_LENGTH"]
    request.environ["wsgi.input_terminated"] = True

    with pytest.raises(BodyTooLarge):
        read_form(request, LIMITS)


def test_a_body_of_too_many_fields_is_refused() -> None:
    many = replace(LIMITS, max_body_bytes=1_000_000)

    with pytest.raises(BodyTooLarge):
        read_form(post({f"f{n}": "text" for n in range(300)}, "multipart/form-data"), many)
