"""What is erased is gone everywhere, provably, and stays gone."""

from dataclasses import replace

import pytest

from aifr.casebook.audit import broken_link, history
from aifr.casebook.cases import get_case, report_case
from aifr.casebook.erasure import Erasure, count_remaining, erase
from aifr.casebook.home import Home
from aifr.casebook.matches import match_identity
from aifr.casebook.moment import days_ago
from aifr.casebook.photo_changes import remove_photo
from aifr.casebook.photos import MOST_PHOTOS, get_photo, object_name, photos_of
from aifr.casebook.publishing import change_state
from aifr.casebook.ranking import Filters, Probe, rank
from aifr.casebook.retention import retain
from aifr.casebook.secrets import Repeat, subject_opened_by
from aifr.casebook.tombstones import erase_objects
from aifr.errors import Conflict, NotFound, StoreUnavailable
from aifr.recognition.calibration import PhotoFacts
from tests.casebook.conftest import (
    SETTINGS,
    a_case,
    a_sighted,
    embedded,
    ingest_all,
    say,
    upload,
)
from tests.casebook.made import a_contact, a_report, embedding_of, made_card, photo_of

REPEAT = Repeat("0b1f7c52-6a51-4d0c-9d0e-3f4a5b6c7d8e", "the same")


def found(home: Home, person: int) -> list[str]:
    probe = Probe(embedding_of(person, 30), PhotoFacts(20, {}))
    ranking = rank(home.records, probe, made_card(), Filters(), 10)
    return [candidate.case.identity for candidate in ranking.candidates]


def test_a_search_with_the_same_photo_no_longer_finds_the_case(home: Home) -> None:
    erased, other = a_case(home, "published"), a_case(home, "published")
    embedded(home, erased, photo_of(7))
    embedded(home, other, photo_of(8))
    before = found(home, 7)

    erasure = erase(home, erased, "reporter")

    assert before[0] == erased
    assert found(home, 7) == [other]
    assert erasure.remaining == 0
    assert erasure.erased["photos"] == erasure.erased["faces"] == erasure.erased["objects"] == 1


def test_photos_matches_contact_and_secret_are_gone(home: Home) -> None:
    case, secret = report_case(home.records, a_report(), a_contact(), "Ana Pop", "reporter")
    for state in ("verified", "published"):
        change_state(home.records, case.identity, state, "looks right", "reviewer:one")  # type: ignore[arg-type]
    embedded(home, case.identity, photo_of(7), age=20)
    embedded(home, a_sighted(home), photo_of(7, 1), age=20)
    upload(home, case.identity, photo_of(7, 2))

    erase(home, case.identity, "reporter")

    assert count_remaining(home, case.identity) == 0
    assert home.records.count("matches", {}) == 0
    assert home.records.get("private", case.identity) is None
    assert secret is not None and subject_opened_by(home.records, secret) is None
    with pytest.raises(NotFound):
        get_case(home.records, case.identity)


def test_the_audit_keeps_that_it_happened_and_nothing_of_whom(home: Home) -> None:
    case = a_case(home, name="Ileana", place="Sighișoara")
    embedded(home, case, photo_of(7))

    erase(home, case, "reporter")

    events = history(home.records, case)
    assert (events[-1].action, events[-1].actor) == ("erased", "reporter")
    assert broken_link(home.records, case) is None
    assert "Ileana" not in str(events) and "Sighi" not in str(events)


def test_an_erased_report_does_not_come_back_under_its_key(home: Home) -> None:
    case, _ = report_case(home.records, a_report(), a_contact(), "", "reporter", REPEAT)
    erase(home, case.identity, "reporter")

    with pytest.raises(Conflict):
        report_case(home.records, a_report(), a_contact(), "", "reporter", REPEAT)


def test_what_never_was_is_not_found(home: Home) -> None:
    with pytest.raises(NotFound):
        erase(home, "c00000000000000000000", "reviewer:one")


def test_erasing_again_changes_nothing(home: Home) -> None:
    case = a_case(home)
    erase(home, case, "reporter")

    assert erase(home, case, "reporter").remaining == 0


def test_an_erasure_that_died_before_the_objects_is_finished_by_retention(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(home)
    embedded(home, case, photo_of(7))

    def unavailable(home: Home, identity: str, prefix: str) -> int:
        raise StoreUnavailable("Not just now.")

    with monkeypatch.context() as patch:
        patch.setattr("aifr.casebook.erasure.erase_objects", unavailable)
        with pytest.raises(StoreUnavailable):
            erase(home, case, "reporter")
    left = len(list(home.photos.list()))

    young = retain(home, SETTINGS)["unfinished erasures"]
    remaining = count_remaining(home, case)
    age_by(home, "erased", case, "created", days=1)
    old = [retain(home, SETTINGS)["unfinished erasures"] for _ in range(2)]

    assert (left, remaining) == (1, 0)
    assert (young, old) == (0, [1, 0])


def age_by(home: Home, kind: str, identity: str, field: str, days: int) -> None:
    document = home.records.get(kind, identity) or {}
    aged = {**document, field: days_ago(days)}
    home.records.transact(lambda transaction: transaction.put(kind, identity, aged))


def test_sightings_without_a_match_that_stands_go_after_their_days(home: Home) -> None:
    case = a_case(home, "published")
    embedded(home, case, photo_of(7), age=20)
    old, young, matched, rejected = (a_sighted(home) for _ in range(4))
    embedded(home, old, photo_of(9), age=20)
    embedded(home, matched, photo_of(7, 1), age=20)
    embedded(home, rejected, photo_of(7, 2), age=20)
    for reviewer in ("one", "two"):
        say(home, match_identity(rejected, case), reviewer, "reject")
    for sighting in (old, matched, rejected):
        age_by(home, "sightings", sighting, "created", SETTINGS.keep_sightings_days + 1)

    done = retain(home, SETTINGS)

    assert done["sightings"] == 2
    subjects = (old, young, matched, rejected)
    kept = [home.records.get("sightings", each) is not None for each in subjects]
    assert kept == [False, True, True, False]
    assert home.records.faces(old) == []


def test_closed_cases_go_after_their_days(home: Home) -> None:
    closed, open_case, fresh = a_case(home), a_case(home), a_case(home)
    for case in (closed, fresh):
        change_state(home.records, case, "closed", "found", "reporter")
    for case in (closed, open_case):
        age_by(home, "cases", case, "updated", SETTINGS.keep_closed_days + 1)

    done = retain(home, SETTINGS)

    assert done["cases"] == 1
    kept = [home.records.get("cases", case) is not None for case in (closed, open_case, fresh)]
    assert kept == [False, True, True]


def test_objects_of_what_is_gone_are_swept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(home)
    embedded(home, case, photo_of(7))
    home.photos.put("c00000000000000000000/p00000000000000000000.jpg", b"left", "image/jpeg")
    home.photos.put(f"{case}/p00000000000000000000.jpg", b"left", "image/jpeg")
    home.incoming.put(f"{case}/upload-1.jpg", photo_of(7, 1), "image/jpeg")
    monkeypatch.setattr("aifr.casebook.retention.ORPHAN_SECONDS", -1)

    done = retain(home, replace(SETTINGS))

    (photo,) = photos_of(home.records, case)
    assert done["orphaned objects"] == 2
    assert [found.name for found in home.photos.list()] == [object_name(case, photo.identity)]
    assert [found.name for found in home.incoming.list()] == [f"{case}/upload-1.jpg"]


def test_one_erasure_that_fails_does_not_keep_the_others(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [a_case(home) for _ in range(3)]
    for case in cases:
        change_state(home.records, case, "closed", "found", "reporter")
        age_by(home, "cases", case, "updated", SETTINGS.keep_closed_days + 1)

    def failing(home: Home, subject: str, actor: str) -> Erasure:
        if subject == cases[1]:
            raise ValueError("this one only")
        return erase(home, subject, actor)

    monkeypatch.setattr("aifr.casebook.retention.erase", failing)

    done = retain(home, SETTINGS)

    assert (done["cases"], done["failures"]) == (2, 1)
    assert [home.records.get("cases", case) is None for case in cases] == [True, False, True]


def test_what_is_sent_again_while_it_is_being_erased_stays(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(home)
    photo = embedded(home, case, photo_of(7))

    def sent_again(home: Home, identity: str, prefix: str) -> int:
        upload(home, case, photo_of(7))
        return erase_objects(home, identity, prefix)

    monkeypatch.setattr("aifr.casebook.photo_changes.erase_objects", sent_again)
    remove_photo(home, case, photo, "reporter")

    (waiting,) = home.incoming.list()
    assert waiting.name == object_name(case, photo)
    ingest_all(home)
    assert get_photo(home.records, case, photo).state == "embedded"


def test_a_case_with_more_photos_than_it_may_have_is_erased_whole(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(home)
    with monkeypatch.context() as older:
        older.setattr("aifr.casebook.photos.MOST_PHOTOS", 1000)
        for take in range(MOST_PHOTOS + 3):
            upload(home, case, photo_of(take))
    ingest_all(home)

    erasure = erase(home, case, "reporter")

    assert erasure.erased["photos"] == erasure.erased["faces"] == MOST_PHOTOS + 3
    assert erasure.remaining == 0
    assert home.records.count("photos", {}) == 0
