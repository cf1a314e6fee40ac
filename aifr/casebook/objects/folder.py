"""Objects as files of a folder that many processes may use at once.

An object appears whole or not at all: it is written elsewhere in the folder and then linked to its
name, which fails where that is taken.
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from aifr.casebook.objects.contract import SignedUpload, StoredObject
from aifr.casebook.objects.failures import check_size, missing, unavailable
from aifr.casebook.objects.names import check_name
from aifr.casebook.objects.paths import (
    ABSENT,
    expecting,
    leads_inside,
    make_private,
    open_new,
    open_plainly,
    path_of,
    remove_empty,
    sync_one,
)
from aifr.errors import InvalidParameter, ObjectMissing

# No name that we give holds a "+".
UNFINISHED = "+unfinished"
ABANDONED_SECONDS = 3600


class FolderObjects:
    """file:FOLDER. Beyond the contract, `put` raises InvalidParameter where the name of one object
    would be the folder of another.

    Opening it removes what processes that were killed an hour ago or more left unfinished.
    """

    def __init__(self, folder: Path) -> None:
        self.uri = f"file:{folder}"
        self._folder = folder.absolute()
        self._unfinished = self._folder / UNFINISHED
        with _usable():
            self._sweep()

    def put(self, name: str, data: bytes, content_type: str) -> bool:
        """As the contract says, and durable: on the disk before it returns."""
        check_name(name)
        path = self._path(name)
        with _usable():
            placed = not path.is_file() and self._place(data, path)
            # Also where another was first: it may not have come so far yet.
            self._sync(path.parent)
            return placed

    def replace(self, name: str, data: bytes, content_type: str, generation: str) -> bool:
        """As the contract says, and durable."""
        with suppress(ObjectMissing), _usable(), expecting(name):
            path = self._path(name)
            with self._written(data) as written, self._alone():
                replaced = self._is_still(path, generation)
                if replaced:
                    written.replace(path)
            self._sync(path.parent)
            return replaced
        return False

    def get(self, name: str, most_bytes: int) -> bytes:
        """As the contract says."""
        with _usable(), self._opened(name) as file:
            check_size(os.fstat(file.fileno()).st_size, most_bytes)
            return file.read()

    def stat(self, name: str) -> StoredObject:
        """As the contract says."""
        with _usable(), self._opened(name) as file:
            return _stored(name, os.fstat(file.fileno()))

    def delete(self, name: str, generation: str | None = None) -> None:
        """As the contract says; folders that it leaves empty go as well."""
        with suppress(ObjectMissing), _usable(), expecting(name):
            path = self._path(name)
            if not stat.S_ISDIR(path.lstat().st_mode):
                with self._alone():
                    self._remove(path, generation)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """As the contract says."""
        above, slash, _ = prefix.rpartition("/")
        own = above.partition("/")[0] == UNFINISHED
        if slash and (own or not leads_inside(self._folder, above)):
            return iter(())
        return _usable_each(_walk(self._folder / above, above + slash, prefix))

    def signed_upload(
        self, name: str, content_type: str, most_bytes: int, seconds: int
    ) -> SignedUpload | None:
        """None: a folder takes no uploads."""
        check_name(name)
        return None

    def _path(self, name: str) -> Path:
        if name.partition("/")[0] == UNFINISHED:
            raise missing(name)
        return path_of(self._folder, name)

    @contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        with open_plainly(self._path(name), name) as file:
            yield file

    def _place(self, data: bytes, path: Path) -> bool:
        with self._written(data) as written, self._alone():
            return _link(written, path)

    @contextmanager
    def _written(self, data: bytes) -> Iterator[Path]:
        """The data on the disk, under a name of its own that lasts as long as the context."""
        make_private(self._unfinished)
        path = self._unfinished / uuid4().hex
        try:
            with open_new(path) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield path
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process or thread links or removes: so a folder that is found empty stays so,
        and what is removed is what was looked at. The system frees the lock of a dead process.
        """
        make_private(self._unfinished)
        descriptor = os.open(self._unfinished, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _remove(self, path: Path, generation: str | None) -> None:
        if self._is_still(path, generation):
            path.unlink()
            self._sync(remove_empty(path.parent, self._folder))

    def _is_still(self, path: Path, generation: str | None) -> bool:
        """Whether an object is of this generation (any, if None), and then under one name alone."""
        status = path.lstat()
        if generation not in (None, _generation(status)):
            return False
        if status.st_nlink > 1:
            self._unlink_unfinished(status.st_ino)
        return True

    def _unlink_unfinished(self, inode: int) -> None:
        """The other name of an object whose process was killed right after linking it: an erased
        photo must not live on under that one.
        """
        for other, status in _files(self._unfinished):
            if status.st_ino == inode:
                other.unlink(missing_ok=True)

    def _sync(self, folder: Path) -> None:
        """Puts the names in a folder, and in those above it up to the store's, on the disk."""
        while folder.is_relative_to(self._folder):
            sync_one(folder)
            folder = folder.parent

    def _sweep(self) -> None:
        for path, status in _files(self._unfinished):
            if time.time() - status.st_mtime > ABANDONED_SECONDS:
                path.unlink(missing_ok=True)


def _link(written: Path, path: Path) -> bool:
    try:
        make_private(path.parent)
        os.link(written, path)
    except (FileExistsError, NotADirectoryError):
        if path.is_file():
            return False
        raise _is_folder() from None
    return True


def _is_folder() -> InvalidParameter:
    return InvalidParameter("The name of one object would be the folder of another.", "name")


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The files of a folder, perhaps none; others may be adding and removing some."""
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            yield path, path.stat()


def _walk(folder: Path, above: str, prefix: str) -> Iterator[StoredObject]:
    """Files by full name; `above` is the folder's own, "" or ending in "/"."""
    for name, entry in sorted(_entries(folder, above)):
        if name.endswith("/") and (name.startswith(prefix) or prefix.startswith(name)):
            yield from _walk(folder / entry.name, name, prefix)
        elif name.startswith(prefix):
            with suppress(FileNotFoundError):
                yield _stored(name, entry.stat(follow_symlinks=False))


def _entries(folder: Path, above: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What is in a folder, by full name: that of a folder ends in "/", so that names sort as in a
    bucket.
    """
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if above or entry.name != UNFINISHED:
                    end = "/" if entry.is_dir(follow_symlinks=False) else ""
                    yield f"{above}{entry.name}{end}", entry
    except OSError as error:
        if error.errno not in ABSENT:
            raise


def _stored(name: str, status: os.stat_result) -> StoredObject:
    return StoredObject(name, status.st_size, _generation(status), status.st_mtime)


def _generation(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}-{status.st_ino}"


@contextmanager
def _usable() -> Iterator[None]:
    """A full or broken disk, a folder that may not be used: all may pass."""
    try:
        yield
    except OSError as error:
        raise unavailable() from error


def _usable_each(found: Iterator[StoredObject]) -> Iterator[StoredObject]:
    with _usable():
        yield from found
