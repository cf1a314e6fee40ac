"""What a change leaves to be done is done by whoever comes, once, and not lost."""

from collections.abc import Callable

import pytest

from aifr.casebook.answering import reviewer_of
from aifr.casebook.erasure import count_remaining, erase_own
from aifr.casebook.home import Home
from aifr.casebook.marks import mark
from aifr.casebook.matches import get_match, match_identity, waiting
from aifr.casebook.photo_changes import correct_photo, remove_photo
from aifr.casebook.photos import photos_of
from aifr.casebook.publishing import change_state
from aifr.casebook.review import next_match
from aifr.casebook.settling import settle, unsettled
from aifr.casebook.sides import sides_of_all
from aifr.casebook.unfinished import finish_photos
from aifr.errors import StoreUnavailable
from tests.casebook.conftest import (
    SETTINGS,
    a_case,
    a_sighted,
    embedded,
    in_a_group,
    ingest_all,
)
from tests.casebook.made import group_photo_of, made_card, made_recognise, photo_of

BAR = SETTINGS.match_bar


def matched(home: Home) -> tuple[str, str, str]:
    """A published case and a sighting of the same person, and their match."""
    case, sighting = a_case(home, "published"), a_sighted(home)
    # Of two people, of whom the left one was pointed at.
    in_a_group(home, case, group_photo_of(7), age=20)
    embedded(home, sighting, photo_of(7, 1), age=20)
    return case, sighting, match_identity(sighting, case)


def erased_case(home: Home, case: str) -> None:
    erase_own(home, case, "reporter")


def erased_photo(home: Home, case: str) -> None:
    remove_photo(home, case, photos_of(home.records, case)[0].identity, "reporter")


def another_face(home: Home, case: str) -> None:
    photo = photos_of(home.records, case)[0].identity
    correct_photo(home, case, photo, {"chosen": 1}, "reviewer:one", 10_000_000, directly=True)


CHANGES = [erased_case, erased_photo, another_face]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_withdrawn_is_hidden_at_once_and_removed_later(
    home: Home, change: Callable[[Home, str], None]
) -> None:
    case, _, name = matched(home)
    before = sides_of_all(home.records, [get_match(home.records, name)])

    change(home, case)
    hidden = next_match(home.records, reviewer_of("one"))[0]
    left = waiting(home.records)
    settle(home.records, case, made_card(), BAR)

    assert [sides.match.identity for sides in before] == [name]
    assert (hidden, left, waiting(home.records)) == (None, 1, 0)
    assert unsettled(home.records) == set()


@pytest.mark.parametrize("change", CHANGES)
def test_the_sweep_removes_what_no_mark_told_of(
    home: Home, change: Callable[[Home, str], None]
) -> None:
    case, _, _ = matched(home)
    change(home, case)
    owed = unsettled(home.records)

    finish_photos(home, made_recognise, made_card(), SETTINGS)

    assert owed == {case}
    assert (waiting(home.records), unsettled(home.records)) == (0, set())


def test_a_case_that_is_verified_is_matched_when_its_mark_arrives(home: Home) -> None:
    case, sighting = a_case(home), a_sighted(home)
    embedded(home, case, photo_of(7), age=20)
    embedded(home, sighting, photo_of(7, 1), age=20)
    change_state(home.records, case, "verified", "looks right", "reviewer:one")
    owed = unsettled(home.records)
    mark(home, case)

    (outcome,) = ingest_all(home)

    assert owed == {case}
    assert outcome.matches == (match_identity(sighting, case),)
    assert list(home.incoming.list()) == []
    assert unsettled(home.records) == set()


def test_a_mark_that_comes_twice_or_for_nothing_changes_nothing(home: Home) -> None:
    case, _, name = matched(home)
    before = get_match(home.records, name)
    for _ in range(2):
        mark(home, case)
    mark(home, "c00000000000000000000")

    ingest_all(home)

    assert get_match(home.records, name) == before
    assert list(home.incoming.list()) == []


def test_a_photo_that_is_looked_at_again_shows_no_match_of_its_other_face(home: Home) -> None:
    case, _, name = matched(home)
    another_face(home, case)

    ingest_all(home)

    assert photos_of(home.records, case)[0].face == 1
    assert home.records.get("matches", name) is None


def test_a_worker_that_dies_between_two_matches_leaves_nothing_behind(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _, _ = matched(home)
    embedded(home, a_sighted(home), photo_of(7, 2), age=20)
    erase_own(home, case, "reporter")
    removed: list[str] = []

    def dying(records: object, match: str, note: object) -> None:
        if removed:
            raise StoreUnavailable("Not just now.")
        removed.append(match)
        home.records.transact(lambda transaction: transaction.delete("matches", match))

    with monkeypatch.context() as patch:
        patch.setattr("aifr.casebook.settling._take_from", dying)
        with pytest.raises(StoreUnavailable):
            settle(home.records, case, made_card(), BAR)
    left = count_remaining(home, case)

    settle(home.records, case, made_card(), BAR)

    assert (left, count_remaining(home, case)) == (1, 0)
    assert unsettled(home.records) == set()
