"""The standing search: which matches it finds, and when."""

import pytest

from aifr.casebook.home import Home
from aifr.casebook.matches import get_match, match_identity, waiting
from aifr.casebook.photo_changes import correct_photo, remove_photo
from aifr.casebook.photos import get_photo
from aifr.casebook.publishing import change_state
from aifr.casebook.settling import settle
from aifr.casebook.sides import sides_of_all
from aifr.casebook.sightings import change_sighting_state
from tests.casebook.conftest import SETTINGS, a_case, a_sighted, embedded, pass_all, say
from tests.casebook.made import made_card, photo_of

BAR = SETTINGS.match_bar


def match_all(home: Home, subject: str) -> list[str]:
    return settle(home.records, subject, made_card(), BAR)


@pytest.mark.parametrize("first", ["case", "sighting"])
def test_whoever_comes_second_finds_the_other(home: Home, first: str) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    for subject in (case, sighting) if first == "case" else (sighting, case):
        embedded(home, subject, photo_of(7, take=len(subject) + (subject == case)), age=20)

    match = get_match(home.records, match_identity(sighting, case))

    assert (match.case, match.sighting, match.state) == (case, sighting, "new")
    assert match.similarity > 0.9 and match.likelihood_ratio >= BAR


def test_another_person_is_no_match(home: Home) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    embedded(home, case, photo_of(7), age=20)

    embedded(home, sighting, photo_of(8), age=20)

    assert waiting(home.records) == 0


def test_a_draft_is_matched_when_it_is_verified_and_not_before(home: Home) -> None:
    case, sighting = a_case(home), a_sighted(home)
    embedded(home, case, photo_of(7), age=20)
    embedded(home, sighting, photo_of(7, 1), age=20)
    before = waiting(home.records)

    change_state(home.records, case, "verified", "looks right", "reviewer:one")
    found = match_all(home, case)

    assert before == 0
    assert found == [match_identity(sighting, case)]


def test_a_sighting_opened_again_is_matched(home: Home) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    change_sighting_state(home.records, sighting, "closed", "a mistake", "reviewer:one")
    embedded(home, sighting, photo_of(7, 1), age=20)
    embedded(home, case, photo_of(7), age=20)
    before = waiting(home.records)

    change_sighting_state(home.records, sighting, "open", "no mistake", "reviewer:one")
    match_all(home, sighting)

    assert (before, waiting(home.records)) == (0, 1)


def test_several_photos_of_both_sides_are_one_match(home: Home) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    for take in range(3):
        embedded(home, case, photo_of(7, take), age=20)
        embedded(home, sighting, photo_of(7, take + 10), age=22)

    assert home.records.count("matches", {}) == 1


@pytest.mark.parametrize("person", [7, 8, 9])
def test_the_best_pair_stands_whatever_the_order(home: Home, person: int) -> None:
    arrivals = [("case", 0), ("case", 1), ("case", 2), ("sighting", 20), ("sighting", 21)]
    found = []
    for order in (arrivals, arrivals[::-1], arrivals[2:] + arrivals[:2]):
        subjects = {"case": a_case(home, "published"), "sighting": a_sighted(home)}
        for side, take in order:
            embedded(home, subjects[side], photo_of(person, take), age=20)
        match = get_match(home.records, match_identity(subjects["sighting"], subjects["case"]))
        found.append((match.likelihood_ratio, match.similarity))
        # So that the next round does not meet this one.
        change_state(home.records, subjects["case"], "closed", "done", "reviewer:one")
        change_sighting_state(home.records, subjects["sighting"], "closed", "done", "reviewer:one")

    assert len(set(found)) == 1


def test_what_a_reviewer_answered_is_not_changed_by_a_better_pair(home: Home) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    embedded(home, case, photo_of(7), age=20)
    embedded(home, sighting, photo_of(7, 1), age=20)
    name = match_identity(sighting, case)
    answered = say(home, name, "one", "confirm")

    for take in range(2, 6):
        embedded(home, case, photo_of(7, take), age=20)

    match = get_match(home.records, name)
    assert (match.case_photo, match.answers) == (answered.case_photo, answered.answers)


def test_a_match_whose_photo_is_erased_goes_and_the_next_best_comes(home: Home) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    photos = [embedded(home, case, photo_of(7, take), age=20) for take in range(2)]
    embedded(home, sighting, photo_of(7, 9), age=20)
    name = match_identity(sighting, case)
    best = get_match(home.records, name).case_photo

    remove_photo(home, case, best, "reporter")
    seen = sides_of_all(home.records, [get_match(home.records, name)])
    match_all(home, case)

    (other,) = set(photos) - {best}
    assert seen == []
    assert get_match(home.records, name).case_photo == other


def test_an_age_that_is_corrected_is_weighed_anew(home: Home) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    photo = embedded(home, case, photo_of(7), age=20)
    embedded(home, sighting, photo_of(7, 1), age=20)
    name = match_identity(sighting, case)
    before = get_match(home.records, name)

    correct_photo(home, case, photo, {"age": 2}, "reporter", 10_000_000)
    pass_all(home, case)

    assert get_photo(home.records, case, photo).matched
    assert (before.age_gap, get_match(home.records, name).age_gap) == (0, 18)
