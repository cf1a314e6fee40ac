"""Where in a folder an object of any name lies: never outside it, nor behind a link."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from aifr.casebook.objects.failures import missing

# Parts of a path that lead elsewhere.
NOWHERE = {"", ".", ".."}
# What can be there under no name, or is no file. ELOOP: a link, which is not followed. ENXIO: a
# socket.
ABSENT = {
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.ELOOP,
    errno.ENXIO,
    errno.EILSEQ,
}


def is_path(name: str) -> bool:
    """Whether a name can be that of a file below a folder."""
    try:
        encoded = os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return b"\0" not in encoded and not NOWHERE & set(name.split("/"))


def leads_inside(folder: Path, below: str) -> bool:
    """Whether a path stays in the folder: no part of it leads up, or is a link."""
    return is_path(below) and (folder / below).resolve() == folder.resolve() / below


def path_of(folder: Path, name: str) -> Path:
    """The path of an object; raises ObjectMissing where there can be none of this name."""
    above = name.rpartition("/")[0]
    if not is_path(name) or (above and not leads_inside(folder, above)):
        raise missing(name)
    return folder / name


def open_plainly(path: Path, name: str) -> BinaryIO:
    """The file of an object, neither through a link nor waiting for whoever writes into a pipe;
    raises ObjectMissing for what is no file.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with expecting(name):
        descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise missing(name)
    return open(descriptor, "rb")


@contextmanager
def expecting(name: str) -> Iterator[None]:
    """Tells as missing what is not there, and what no file can be named."""
    try:
        yield
    except OSError as error:
        if error.errno not in ABSENT:
            raise
        raise missing(name) from None


def remove_empty(folder: Path, root: Path) -> Path:
    """Removes a folder and those above it as far as they are empty; the first that stays."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            break
        folder = folder.parent
    return folder


def sync_one(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private(folder: Path) -> None:
    """Makes a folder, and those above it that are missing, for this user alone."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def open_new(path: Path) -> BinaryIO:
    """A new file for this user alone; raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
