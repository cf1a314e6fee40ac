"""Cases from before photos were passed one by one: nothing vanishes, nothing passes unreviewed."""

from typing import Any

import pytest

from aifr.casebook.audit import Trail
from aifr.casebook.cases import CASES, Case, get_case
from aifr.casebook.home import Home
from aifr.casebook.moment import days_ago, now
from aifr.casebook.photos import PHOTOS, Photo, passed, photos_of, shown
from aifr.casebook.publishing import change_state
from aifr.casebook.upgrade import upgrade
from tests.casebook.conftest import a_case, embedded, ingest_all, upload
from tests.casebook.made import a_report, photo_of

NEW_OF_CASE = ("revision", "reviewed", "verified_by", "proposed", "refused", "removed", "waiting")
NEW_OF_PHOTO = ("added_by", "passed_by", "passed_at", "whole", "proposed", "refused", "refused_at")


def put(home: Home, kind: str, identity: str, document: dict[str, Any]) -> None:
    home.records.transact(lambda transaction: transaction.put(kind, identity, document))


def without(document: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


def aged(home: Home, case: str) -> None:
    """Takes from a case and its photos what older records do not have."""
    put(home, CASES, case, without(home.records.get(CASES, case) or {}, NEW_OF_CASE))
    for photo in photos_of(home.records, case):
        document = home.records.get(PHOTOS, photo.identity) or {}
        put(home, PHOTOS, photo.identity, without(document, NEW_OF_PHOTO))


def seen(home: Home, case: str) -> list[str]:
    record = get_case(home.records, case)
    return [photo.identity for photo in photos_of(home.records, case) if shown(record, photo)]


def old_case(home: Home) -> tuple[str, str, str]:
    """An old published case, its photo of before, and one that its reporter added after."""
    case = a_case(home)
    before = embedded(home, case, photo_of(7), 6)
    change_state(home.records, case, "verified", "fine", "reviewer:one")
    change_state(home.records, case, "published", "fine", "reviewer:two")
    after = embedded_unpassed(home, case)
    aged(home, case)
    return case, before, after


def embedded_unpassed(home: Home, case: str) -> str:
    photo = upload(home, case, photo_of(8), 9)
    ingest_all(home)
    return photo.identity


def test_before_the_upgrade_the_public_sees_what_was_there_when_it_was_published(
    home: Home,
) -> None:
    case, before, _ = old_case(home)

    assert seen(home, case) == [before]


def test_who_published_passed_what_had_been_looked_at_and_the_rest_waits(home: Home) -> None:
    case, before, after = old_case(home)

    count = upgrade(home.records)

    record = get_case(home.records, case)
    photos = {photo.identity: photo for photo in photos_of(home.records, case)}
    assert (count, record.waiting, record.verified_by) == (1, True, "reviewer:one")
    assert seen(home, case) == [before]
    assert photos[before].passed_by == "reviewer:two" and photos[before].passed_at
    assert photos[after].passed_by == ""
    galleries = {face.photo: face.gallery for face in home.records.faces(case)}
    assert galleries[before] and not galleries[after]


def test_again_it_changes_nothing(home: Home) -> None:
    case, _, _ = old_case(home)
    upgrade(home.records)
    kept = (get_case(home.records, case), photos_of(home.records, case))

    assert upgrade(home.records) == 0
    assert (get_case(home.records, case), photos_of(home.records, case)) == kept


def test_a_photo_that_was_corrected_since_waits(home: Home) -> None:
    case, before, _ = old_case(home)
    corrected(home, case, before)

    upgrade(home.records)

    assert seen(home, case) == []
    assert get_case(home.records, case).waiting


def corrected(home: Home, case: str, photo: str) -> None:
    """As an older version noted it: by the fields, not by the photo."""
    document = home.records.get(PHOTOS, photo) or {}

    def work(transaction: Any) -> None:
        trail = Trail(transaction, case)
        transaction.put(PHOTOS, photo, {**document, "face": 0, "updated": now()})
        trail.append("reporter", "photo corrected", ["chosen"])

    home.records.transact(work)


def test_a_photo_that_was_only_embedded_anew_since_stays(home: Home) -> None:
    case, before, _ = old_case(home)
    document = home.records.get(PHOTOS, before) or {}
    put(home, PHOTOS, before, {**document, "updated": now(), "model": "made-2"})

    upgrade(home.records)

    assert seen(home, case) == [before]


@pytest.mark.parametrize("state", ["draft", "verified", "closed"])
def test_cases_in_other_states_are_brought_up_to_date_too(home: Home, state: str) -> None:
    case = a_case(home)
    photo = embedded(home, case, photo_of(7), 6)
    if state != "draft":
        change_state(home.records, case, "verified", "fine", "reviewer:one")
    if state == "closed":
        change_state(home.records, case, "closed", "over", "reporter")
    aged(home, case)

    upgrade(home.records)

    (kept,) = photos_of(home.records, case)
    assert kept.passed_by == ("" if state == "draft" else "reviewer:one")
    (face,) = home.records.faces(case)
    assert bool(face.gallery) == (state == "verified")
    assert get_case(home.records, case).waiting is False
    assert kept.identity == photo


def test_when_a_case_was_closed_stays_as_it_was(home: Home) -> None:
    case = a_case(home)
    change_state(home.records, case, "closed", "over", "reporter")
    aged(home, case)
    closed = days_ago(80)
    put(home, CASES, case, {**(home.records.get(CASES, case) or {}), "updated": closed})

    upgrade(home.records)

    assert get_case(home.records, case).updated == closed


def test_an_old_photo_of_a_case_that_was_never_published_is_passed_by_nobody() -> None:
    case = Case(
        **vars(a_report()), identity="c", state="draft", reporter="", created="", updated=""
    )

    assert not passed(case, Photo("p", "c", "2020", "2020"))
