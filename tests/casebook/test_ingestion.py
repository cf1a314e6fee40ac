"""An object that arrives is embedded or rejected, once, however often its event comes."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from aifr.casebook.arrivals import Arrival
from aifr.casebook.erasure import erase
from aifr.casebook.home import Home
from aifr.casebook.ingestion import Recognise, ingest
from aifr.casebook.photo_changes import correct_photo, remove_photo
from aifr.casebook.photos import (
    get_photo,
    object_name,
    photo_identity,
    photos_of,
    read_photo,
)
from aifr.casebook.publishing import change_state
from aifr.casebook.unfinished import again
from aifr.errors import NotFound, StoreUnavailable
from aifr.recognition.recognise import Recognition
from tests.casebook.conftest import (
    SETTINGS,
    a_case,
    a_partners_case,
    a_sighted,
    embedded,
    ingest_all,
    upload,
)
from tests.casebook.made import (
    embedding_of,
    group_photo_of,
    made_card,
    made_recognise,
    photo_of,
    photo_of_nobody,
)

MOST = 10_000_000


def counting(recognise: Recognise) -> tuple[Recognise, list[int | None]]:
    """A recogniser, and a list that grows by each call."""
    calls: list[int | None] = []

    def counted(data: bytes, chosen: int | None) -> Recognition:
        calls.append(chosen)
        return recognise(data, chosen)

    return counted, calls


def ingest_one(home: Home, arrival: Arrival, recognise: Recognise = made_recognise):  # type: ignore[no-untyped-def]
    return ingest(home, arrival, recognise, made_card(), SETTINGS)


def test_a_photo_is_embedded_kept_clean_and_no_longer_incoming(home: Home) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1), age=6)

    ingest_all(home)

    done = get_photo(home.records, case, photo.identity)
    assert (done.state, done.model, done.age, done.face) == ("embedded", "made-1", 6, 0)
    assert len(done.faces) == 1
    assert [face.photo for face in home.records.faces(case)] == [photo.identity]
    assert read_photo(home, done, MOST)[:2] == b"\xff\xd8"
    assert list(home.incoming.list()) == []


def test_what_is_kept_has_no_metadata(home: Home) -> None:
    case = a_case(home)
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = "where we live", {1: "N", 2: (46.0, 46.0, 0.0)}
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (12, 12, 12)).save(buffer, "JPEG", exif=exif)
    home.incoming.put(f"{case}/direct.jpg", buffer.getvalue(), "image/jpeg")

    ingest_all(home)

    (photo,) = photos_of(home.records, case)
    kept = read_photo(home, photo, MOST)
    assert b"where we live" in buffer.getvalue() and b"where we live" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (photo_of_nobody(), "no_face"),
        (b"not an image at all", "image_undecodable"),
        (b"", "file_empty"),
    ],
)
def test_a_photo_that_cannot_be_used_is_rejected_with_its_reason(
    home: Home, data: bytes, reason: str
) -> None:
    case = a_case(home)
    home.incoming.put(f"{case}/direct.jpg", data, "image/jpeg")

    (outcome,) = ingest_all(home)

    assert outcome.photo is not None
    assert (outcome.photo.state, outcome.photo.reason) == ("rejected", reason)
    assert outcome.photo.message
    assert home.records.faces(case) == []
    assert list(home.incoming.list()) == []


def test_a_file_above_the_limit_is_rejected_unread(home: Home) -> None:
    case = a_case(home)
    home.incoming.put(f"{case}/direct.jpg", photo_of(1), "image/jpeg")
    small = replace(SETTINGS, max_file_bytes=100)

    (outcome,) = ingest_all(home, settings=small)

    assert outcome.photo is not None and outcome.photo.reason == "file_too_large"


def test_an_event_that_comes_again_changes_nothing(home: Home) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1))
    name = object_name(case, photo.identity)
    arrival = Arrival(home.incoming, name, home.incoming.stat(name).generation)
    recognise, calls = counting(made_recognise)
    ingest_one(home, arrival, recognise)
    before = get_photo(home.records, case, photo.identity)

    ingest_one(home, arrival, recognise)

    assert get_photo(home.records, case, photo.identity) == before
    assert len(calls) == 1


def test_the_same_content_under_two_names_is_one_photo(home: Home) -> None:
    case = a_case(home)
    recognise, calls = counting(made_recognise)
    for name in ("one.jpg", "two.jpg"):
        home.incoming.put(f"{case}/{name}", photo_of(1), "image/jpeg")

    ingest_all(home, recognise)

    assert len(photos_of(home.records, case)) == len(home.records.faces(case)) == len(calls) == 1


def test_the_same_content_of_two_cases_is_two_photos(home: Home) -> None:
    cases = [a_case(home), a_case(home)]

    photos = {embedded(home, case, photo_of(1)) for case in cases}

    assert len(photos) == 2


def test_an_object_of_a_partner_stays_where_it_is(home: Home) -> None:
    case = a_partners_case(home)
    home.incoming.put("album/1.jpg", photo_of(1), "image/jpeg")

    outcome = ingest_one(
        home,
        Arrival(home.incoming, "album/1.jpg", ours=False, subject=case, age=9, partner="police"),
    )

    assert outcome.photo is not None and outcome.photo.age == 9
    assert [found.name for found in home.incoming.list()] == ["album/1.jpg"]


@pytest.mark.parametrize(
    "name", ["stray.jpg", "c00000000000000000000/x.jpg", "s1/x.jpg", "x/y/z.jpg"]
)
def test_an_object_of_nobody_makes_no_record(home: Home, name: str) -> None:
    home.incoming.put(name, photo_of(1), "image/jpeg")

    (outcome,) = ingest_all(home)

    assert outcome.photo is None
    assert home.records.count("photos", {}) == 0


def test_a_store_that_fails_leaves_the_object_for_the_next_try(home: Home) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1))

    def unavailable(data: bytes, chosen: int | None) -> Recognition:
        raise StoreUnavailable("Not just now.")

    with pytest.raises(StoreUnavailable):
        ingest_all(home, unavailable)
    ingest_all(home)

    assert get_photo(home.records, case, photo.identity).state == "embedded"


def test_an_event_after_the_erasure_brings_nothing_back(home: Home) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1))
    erase(home, case, "reporter")
    home.incoming.put(object_name(case, photo.identity), photo_of(1), "image/jpeg")

    (outcome,) = ingest_all(home)

    assert outcome.photo is None
    assert home.records.faces(case) == [] and home.records.count("photos", {}) == 0
    assert list(home.photos.list()) == list(home.incoming.list()) == []


def while_looking(act: Callable[[], object]) -> Recognise:
    """A recogniser while which something else happens, once."""
    waiting = [act]

    def recognise(data: bytes, chosen: int | None) -> Recognition:
        if waiting:
            waiting.pop()()
        return made_recognise(data, chosen)

    return recognise


def test_a_case_erased_while_its_photo_is_looked_at_stays_erased(home: Home) -> None:
    case = a_case(home)
    upload(home, case, photo_of(1))

    (outcome,) = ingest_all(home, while_looking(lambda: erase(home, case, "reporter")))

    assert outcome.photo is None
    assert home.records.faces(case) == [] and home.records.count("photos", {}) == 0
    assert list(home.photos.list()) == list(home.incoming.list()) == []


def test_a_photo_erased_while_it_is_looked_at_stays_erased(home: Home) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1))

    ingest_all(home, while_looking(lambda: remove_photo(home, case, photo.identity, "reporter")))

    assert home.records.faces(case) == []
    with pytest.raises(NotFound):
        get_photo(home.records, case, photo.identity)
    assert list(home.photos.list()) == []


def test_an_erased_photo_of_a_partners_bucket_does_not_come_back(home: Home) -> None:
    case = a_partners_case(home)
    home.incoming.put("album/1.jpg", photo_of(1), "image/jpeg")
    arrival = Arrival(home.incoming, "album/1.jpg", ours=False, subject=case, partner="police")
    outcome = ingest_one(home, arrival)
    assert outcome.photo is not None
    remove_photo(home, case, outcome.photo.identity, "reporter")

    assert ingest_one(home, arrival).photo is None
    assert home.records.faces(case) == []


def test_a_photo_that_is_sent_again_after_its_erasure_is_welcome(home: Home) -> None:
    case = a_case(home)
    photo = embedded(home, case, photo_of(1))
    remove_photo(home, case, photo, "reporter")

    again = embedded(home, case, photo_of(1))

    assert again == photo
    assert len(home.records.faces(case)) == 1


def in_a_group(home: Home, subject: str, face: int) -> str:
    """The name of a photo of two people, in which one was pointed at."""
    photo = embedded(home, subject, group_photo_of(1))
    correct_photo(home, subject, photo, {"chosen": face}, "reporter", MOST)
    ingest_all(home)
    return photo


@pytest.mark.parametrize("subject_of", [a_case, a_sighted])
def test_of_several_faces_none_is_taken_for_the_one_who_is_meant(
    home: Home, subject_of: Callable[[Home], str]
) -> None:
    subject = subject_of(home)
    photo = embedded(home, subject, group_photo_of(1))

    found = get_photo(home.records, subject, photo)

    assert (found.state, found.face, len(found.faces)) == ("undecided", None, 2)
    assert found.reason == "several_faces" and "2 faces" in found.message
    assert home.records.faces(subject) == []


@pytest.mark.parametrize("subject_of", [a_case, a_sighted])
@pytest.mark.parametrize("face", [0, 1])
def test_the_face_that_was_pointed_at_is_embedded(
    home: Home, subject_of: Callable[[Home], str], face: int
) -> None:
    subject = subject_of(home)

    photo = in_a_group(home, subject, face)

    found = get_photo(home.records, subject, photo)
    (indexed,) = home.records.faces(subject)
    assert (found.state, found.face, found.reason) == ("embedded", face, "")
    assert float(indexed.embedding @ embedding_of(1 + 450 * face)) > 0.9


def test_a_face_that_another_detector_finds_elsewhere_is_nobodys(home: Home) -> None:
    case = a_case(home)
    photo = in_a_group(home, case, 0)

    def other_order(data: bytes, chosen: int | None) -> Recognition:
        seen = made_recognise(data, chosen)
        faces = seen.faces[::-1]
        return replace(seen, faces=faces, face=faces[chosen or 0])

    kept = get_photo(home.records, case, photo)
    newer = replace(made_card(), version="made-2")
    again(home, kept, other_order, newer, SETTINGS)

    after = get_photo(home.records, case, photo)
    assert (after.state, after.face) == ("undecided", None)
    assert home.records.faces(case) == []


def test_another_face_is_embedded_when_it_is_chosen(home: Home) -> None:
    case = a_case(home)
    photo = in_a_group(home, case, 0)
    (before,) = home.records.faces(case)

    correct_photo(home, case, photo, {"chosen": 1}, "reporter", MOST)
    without = home.records.faces(case)
    ingest_all(home)

    (after,) = home.records.faces(case)
    assert without == []
    assert get_photo(home.records, case, photo).face == 1
    assert float(before.embedding @ after.embedding) < 0.5


def test_a_face_chosen_while_another_is_looked_at_is_the_one_embedded(home: Home) -> None:
    case = a_case(home)
    photo = in_a_group(home, case, 0)
    correct_photo(home, case, photo, {"chosen": 1}, "reporter", MOST)

    def choose_back() -> None:
        correct_photo(home, case, photo, {"chosen": 0}, "reporter", MOST)

    ingest_all(home, while_looking(choose_back))
    ingest_all(home)

    assert get_photo(home.records, case, photo).face == 0
    assert list(home.incoming.list()) == []


def test_faces_are_searched_only_while_their_case_is(home: Home) -> None:
    case = a_case(home)
    embedded(home, case, photo_of(1))

    galleries = [home.records.faces(case)[0].gallery]
    for state in ("verified", "published", "closed"):
        change_state(home.records, case, state, "because", "reviewer:one")  # type: ignore[arg-type]
        galleries.append(home.records.faces(case)[0].gallery)

    assert galleries == ["", "cases:made-1", "cases:made-1", ""]


def test_a_photo_is_named_after_its_case_and_content() -> None:
    names = {
        photo_identity("c1", b"x"),
        photo_identity("c2", b"x"),
        photo_identity("c1", b"y"),
        photo_identity("c1", b"x"),
    }

    assert len(names) == 3
