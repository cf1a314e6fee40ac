"""`python -m aifr.casebook.reclean`: what earlier versions kept becomes pixels and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from aifr.casebook.erasure import erase
from aifr.casebook.home import Home
from aifr.casebook.objects.contract import Objects, StoredObject
from aifr.casebook.photos import JPEG, object_name
from aifr.casebook.reclean import reclean
from aifr.errors import ObjectMissing
from aifr.recognition.clean import is_clean
from tests.casebook.conftest import SETTINGS, a_case, embedded
from tests.casebook.made import photo_of
from tests.photos import encoded
from tests.recognition.carriers import SECRET, exif, gradient, with_segment

MOST = 10**7


def kept(home: Home) -> dict[str, StoredObject]:
    return {found.name: found for found in home.photos.list()}


def make_unclean(home: Home, name: str) -> bytes:
    """As the first version kept photos: with the comment of what was uploaded."""
    clean = home.photos.get(name, MOST)
    home.photos.delete(name)
    home.photos.put(name, with_segment(clean, 0xFE, SECRET), JPEG)
    return clean


def test_what_was_kept_with_a_comment_loses_it_and_no_pixel(home: Home) -> None:
    case = a_case(home)
    names = [object_name(case, embedded(home, case, photo_of(1, take))) for take in range(3)]
    clean = {name: make_unclean(home, name) for name in names[:2]}
    untouched = kept(home)[names[2]]

    outcomes = reclean(home.photos, SETTINGS)

    assert outcomes == {"cleaned": 2, "clean already": 1}
    assert {name: home.photos.get(name, MOST) for name in names[:2]} == clean
    assert kept(home)[names[2]] == untouched


def test_a_second_run_writes_nothing(home: Home) -> None:
    make_unclean(home, object_name(case := a_case(home), embedded(home, case, photo_of(1))))
    reclean(home.photos, SETTINGS)
    before = kept(home)

    assert reclean(home.photos, SETTINGS) == {"clean already": 1}

    assert kept(home) == before


def test_photos_of_any_format_and_of_none_are_cleaned_or_named_and_stop_nothing(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = {"a/broken.jpg": b"\xff\xd8\xff", "b/words.jpg": b"words", "c/empty.jpg": b""}
    files = {
        "d/photo.jpg": encoded(gradient(), "JPEG", exif=exif(6), comment=SECRET),
        "e/photo.jpg": encoded(gradient(), "PNG", exif=exif()),
        "f/photo.jpg": encoded(gradient(), "HEIF", exif=exif()),
    }
    for name, data in {**broken, **files}.items():
        home.photos.put(name, data, JPEG)

    outcomes = reclean(home.photos, SETTINGS)

    assert outcomes == {"cleaned": 3, "failed": 3}
    assert all(is_clean(home.photos.get(name, MOST)) for name in files)
    assert {name: home.photos.get(name, MOST) for name in broken} == broken
    named = capsys.readouterr().err
    assert all(name in named for name in broken)


class Slow:
    """A store in whose reads something else happens."""

    def __init__(self, store: Objects, meanwhile: object) -> None:
        self.store, self.meanwhile, self.uri = store, meanwhile, store.uri

    def get(self, name: str, most_bytes: int) -> bytes:
        data = self.store.get(name, most_bytes)
        self.meanwhile()  # type: ignore[operator]
        return data

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


def test_a_photo_that_is_erased_meanwhile_stays_erased(embedded_home: Home) -> None:
    case = a_case(embedded_home)
    name = object_name(case, embedded(embedded_home, case, photo_of(1)))
    make_unclean(embedded_home, name)
    store = Slow(embedded_home.photos, lambda: erase(embedded_home, case, "reporter"))

    outcomes = reclean(store, SETTINGS)  # type: ignore[arg-type]

    assert outcomes == {"gone or replaced meanwhile": 1}
    with pytest.raises(ObjectMissing):
        embedded_home.photos.get(name, MOST)


def test_the_command_tells_how_many_and_fails_where_one_could_not_be_cleaned(
    embedded_home: Home, tmp_path: Path
) -> None:
    embedded_home.photos.put("c/p.jpg", with_segment(photo_of(1), 0xFE, SECRET), JPEG)
    environment = {
        "AIFR_RECORDS": f"sqlite:{tmp_path}/casebook.sqlite3",
        "AIFR_PHOTOS": embedded_home.photos.uri,
        "AIFR_INCOMING": embedded_home.incoming.uri,
    }

    def run() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "aifr.casebook.reclean"],
            env=environment,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout

    assert run() == (0, "1 cleaned\n")
    embedded_home.photos.put("d/p.jpg", b"words", JPEG)
    assert run() == (1, "1 clean already\n1 failed\n")
