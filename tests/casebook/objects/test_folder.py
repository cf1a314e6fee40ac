"""aifr.casebook.objects.folder, beyond what all stores promise"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from aifr.casebook.objects import folder
from aifr.casebook.objects.folder import ABANDONED_SECONDS, UNFINISHED, FolderObjects
from aifr.errors import InvalidParameter, ObjectMissing, StoreUnavailable
from tests.casebook.foreign import names_of_a_folder

JPEG = "image/jpeg"

# argv: folder, name, byte. Waits for a line, so that all start at once.
PUT_ONCE = """
import sys
from pathlib import Path
from aifr.casebook.objects.folder import FolderObjects
store = FolderObjects(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(store.put(sys.argv[2], sys.argv[3].encode() * 3_000_000, "image/jpeg"))
"""

# argv: folder. Puts and deletes until it is killed.
PUT_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from aifr.casebook.objects.folder import FolderObjects
store = FolderObjects(Path(sys.argv[1]))
print("ready", flush=True)
for number in count():
    store.put(f"case/{number % 7}.jpg", b"x" * 3_000_000, "image/jpeg")
    store.delete(f"case/{number % 5}.jpg")
"""

# argv: folder, own number. Puts and deletes alone in a folder that others do the same to.
PUT_AND_DELETE = """
import sys
from pathlib import Path
from aifr.casebook.objects.folder import FolderObjects
store = FolderObjects(Path(sys.argv[1]))
for _ in range(40):
    assert store.put(f"a/b/{sys.argv[2]}", b"x", "image/jpeg")
    store.delete(f"a/b/{sys.argv[2]}")
"""


@contextmanager
def running(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def unfinished(place: Path) -> list[Path]:
    return list((place / UNFINISHED).glob("*"))


@pytest.fixture
def store(tmp_path: Path) -> FolderObjects:
    return FolderObjects(tmp_path / "store")


def test_of_many_processes_that_put_one_name_one_succeeds(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    with (
        running(PUT_ONCE, tmp_path, "case/photo.jpg", "a") as a,
        running(PUT_ONCE, tmp_path, "case/photo.jpg", "b") as b,
        running(PUT_ONCE, tmp_path, "case/photo.jpg", "c") as c,
        running(PUT_ONCE, tmp_path, "case/photo.jpg", "d") as d,
    ):
        processes = {b"a": a, b"b": b, b"c": c, b"d": d}
        assert [line(each) for each in processes.values()] == ["ready"] * 4
        for each in processes.values():
            print(file=each.stdin, flush=True)

        said = {byte: line(each) for byte, each in processes.items()}

    assert sorted(said.values()) == ["False", "False", "False", "True"]
    winner = next(byte for byte, word in said.items() if word == "True")
    assert store.get("case/photo.jpg", 3_000_000) == winner * 3_000_000
    assert unfinished(tmp_path) == []


def test_a_killed_process_leaves_whole_objects_only(tmp_path: Path) -> None:
    for delay in (0.0, 0.01, 0.023, 0.037, 0.05):
        with running(PUT_FOR_EVER, tmp_path) as process:
            assert line(process) == "ready"
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait()

        store = FolderObjects(tmp_path)
        found = list(store.list())

        assert {each.size for each in found} <= {3_000_000}
        assert all(store.get(each.name, each.size) == b"x" * each.size for each in found)
        for number in range(7):
            store.delete(f"case/{number}.jpg")
        assert store.put("case/0.jpg", b"new", JPEG)
        store.delete("case/0.jpg")


def test_folders_are_removed_under_no_process_that_puts(tmp_path: Path) -> None:
    with (
        running(PUT_AND_DELETE, tmp_path, 1) as first,
        running(PUT_AND_DELETE, tmp_path, 2) as second,
        running(PUT_AND_DELETE, tmp_path, 3) as third,
    ):
        codes = [process.wait(timeout=60) for process in (first, second, third)]

    assert codes == [0, 0, 0]
    assert [path.name for path in tmp_path.iterdir()] == [UNFINISHED]


def test_deletion_waits_for_a_put_in_the_same_folder(
    store: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("case/old.jpg", b"old", JPEG)
    deletion = Thread(target=store.delete, args=("case/old.jpg",))
    link = os.link

    def link_late(source: Path, target: Path) -> None:
        """The folder is made; whoever found it empty now would remove it."""
        deletion.start()
        deletion.join(timeout=0.3)
        link(source, target)

    monkeypatch.setattr(folder.os, "link", link_late)

    assert store.put("case/new.jpg", b"new", JPEG) is True

    deletion.join(timeout=10)
    assert [each.name for each in store.list()] == ["case/new.jpg"]


def test_unfinished_files_are_never_listed_and_go_once_they_are_old(store: FolderObjects) -> None:
    store.put("case/photo.jpg", b"whole", JPEG)
    place = Path(store.uri.removeprefix("file:"))
    old, new = place / UNFINISHED / "old", place / UNFINISHED / "new"
    for path in (old, new):
        path.write_bytes(b"ha")
    long_ago = time.time() - ABANDONED_SECONDS - 60
    os.utime(old, (long_ago, long_ago))

    reopened = FolderObjects(place)

    assert [each.name for each in reopened.list()] == ["case/photo.jpg"]
    assert unfinished(place) == [new]


def test_deletion_reaches_the_name_that_a_killed_put_left(store: FolderObjects) -> None:
    store.put("case/photo.jpg", b"private", JPEG)
    place = Path(store.uri.removeprefix("file:"))
    os.link(place / "case" / "photo.jpg", place / UNFINISHED / "left")

    store.delete("case/photo.jpg")

    assert unfinished(place) == []


def test_the_folder_is_made_by_the_first_object_only(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path / "none" / "yet")

    assert list(store.list("case/")) == []
    assert not (tmp_path / "none").exists()
    assert store.put("a", b"", JPEG)


def test_empty_folders_go_and_others_stay(store: FolderObjects) -> None:
    place = Path(store.uri.removeprefix("file:"))
    store.put("a/b/c/one", b"1", JPEG)
    store.put("a/two", b"2", JPEG)

    store.delete("a/b/c/one")

    assert [path.name for path in (place / "a").iterdir()] == ["two"]


@pytest.mark.parametrize("name", ["a/b", "a/b/c", "a"])
def test_no_object_lies_in_another(store: FolderObjects, name: str) -> None:
    store.put("a/x" if name == "a" else "a", b"there", JPEG)

    with pytest.raises(InvalidParameter):
        store.put(name, b"new", JPEG)
    store.delete(name)

    assert len(list(store.list())) == 1


def test_a_folder_takes_no_uploads(store: FolderObjects) -> None:
    assert store.signed_upload("a", JPEG, 100, 60) is None


def test_a_folder_that_is_none_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = FolderObjects(tmp_path / "file")

    with pytest.raises(StoreUnavailable):
        store.put("a", b"", JPEG)


def test_a_link_is_an_object_and_what_it_leads_to_is_not(
    store: FolderObjects, tmp_path: Path
) -> None:
    place = Path(store.uri.removeprefix("file:"))
    store.put("case/photo.jpg", b"ours", JPEG)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"not ours")
    (place / "case" / "link").symlink_to(outside / "file")
    (place / "case" / "folder").symlink_to(outside)

    assert [each.name for each in store.list()] == ["case/folder", "case/link", "case/photo.jpg"]
    assert list(store.list("case/folder/")) == []
    for name in ("case/link", "case/folder", "case/folder/file"):
        with pytest.raises(ObjectMissing):
            store.get(name, 100)
        store.delete(name)

    assert [each.name for each in store.list()] == ["case/photo.jpg"]
    assert (outside / "file").read_bytes() == b"not ours"


def test_a_pipe_is_waited_for_by_nobody(store: FolderObjects) -> None:
    place = Path(store.uri.removeprefix("file:"))
    store.put("case/photo.jpg", b"ours", JPEG)
    os.mkfifo(place / "case" / "pipe")

    with pytest.raises(ObjectMissing):
        store.get("case/pipe", 100)
    store.delete("case/pipe")

    assert [each.name for each in store.list()] == ["case/photo.jpg"]


@pytest.mark.parametrize("name", names_of_a_folder())
def test_a_file_of_any_name_is_listed_read_and_removed(store: FolderObjects, name: str) -> None:
    path = Path(store.uri.removeprefix("file:")) / "case" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"foreign")

    (found,) = store.list("case/")
    content = store.get(found.name, 100)
    store.delete(found.name, store.stat(found.name).generation)

    assert (found.name, content) == (f"case/{name}", b"foreign")
    assert list(store.list()) == []


def test_folders_and_objects_are_for_this_user_alone(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path / "photos")
    store.put("c1/p1.jpg", b"photo", "image/jpeg")

    made = list((tmp_path / "photos").rglob("*"))

    assert len(made) >= 2
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "photos", *made)} == {0}
