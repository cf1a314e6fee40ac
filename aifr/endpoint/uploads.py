"""Uploaded files, taken out of a form field by field."""

import os
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from aifr.endpoint.body import Form
from aifr.errors import EmptyFile, FileTooLarge, MissingField, NotAFile, TooManyFiles
from aifr.settings import Settings


@dataclass(frozen=True)
class Upload:
    """The bytes of one file; `param` names its place in the form, for error messages."""

    param: str
    data: bytes


def one_upload(form: Form, name: str, settings: Settings) -> Upload:
    """The one file of a field.

    Raises MissingField, NotAFile, TooManyFiles, EmptyFile and FileTooLarge.
    """
    return _read(_files(form, name, 1)[0], name, settings)


def many_uploads(form: Form, name: str, settings: Settings) -> list[Upload]:
    """The files of a field, at least one and at most settings.max_files; the third is `name[2]`.

    Raises MissingField, NotAFile, TooManyFiles, EmptyFile and FileTooLarge.
    """
    files = _files(form, name, settings.max_files)
    return [_read(file, f"{name}[{index}]", settings) for index, file in enumerate(files)]


def _files(form: Form, name: str, most: int) -> list[FileStorage]:
    # A browser sends a file input that was left alone as a file without name or content.
    files = [file for file in form.files.getlist(name) if file.filename or _size(file)]
    if name in form.fields:
        raise NotAFile(f"The field {name} must hold a file, not text.", name)
    if not files:
        raise MissingField(f"The field {name} is missing.", name)
    if len(files) > most:
        raise TooManyFiles(f"The field {name} holds {len(files)} files; {most} at most.", name)
    return files


def _read(file: FileStorage, param: str, settings: Settings) -> Upload:
    size = _size(file)
    if not size:
        raise EmptyFile("The file is empty.", param)
    if size > settings.max_file_bytes:
        raise FileTooLarge(f"The file is larger than {settings.max_file_bytes} bytes.", param)
    return Upload(param, file.read())


def _size(file: FileStorage) -> int:
    size = file.stream.seek(0, os.SEEK_END)
    file.stream.seek(0)
    return size
