"""The reviewers' queue: whom it gives what, in which order, and how much of it one sender fills."""

import itertools
import random
from dataclasses import replace
from typing import Any

import pytest

from aifr.casebook.answering import Reviewer, reviewer_of
from aifr.casebook.cases import report_case
from aifr.casebook.decisions import UNDECIDED, Match
from aifr.casebook.erasure import erase
from aifr.casebook.home import Home
from aifr.casebook.limits import batch_of, forget_past_hours
from aifr.casebook.matches import MATCHES, get_match, held, match_identity, waiting
from aifr.casebook.publishing import change_state
from aifr.casebook.records.contract import Query
from aifr.casebook.review import (
    list_matches,
    next_match,
    queue,
    sealed_cases,
    sightings_near,
)
from aifr.casebook.sightings import change_sighting_state, report_sighting
from aifr.casebook.stored import as_document
from aifr.casebook.windows import (
    MOST_OF_BATCH,
    MOST_OF_SIGHTING,
    admitted,
    release,
    release_all,
)
from tests.casebook.conftest import a_case, a_sighted, embedded, say
from tests.casebook.made import a_contact, a_report, a_sighting, embedding_of, photo_of
from tests.casebook.test_answers import a_match

ONE, TWO, OPEN_EYED = reviewer_of("one"), reviewer_of("two"), reviewer_of("one", blind=False)


def sent(home: Home, person: int, take: int, batch: str = "") -> str:
    """The name of a sighting of a made person."""
    sighting, _ = report_sighting(home.records, a_sighting(), None, "public", batch=batch)
    embedded(home, sighting.identity, photo_of(person, take), age=20)
    return sighting.identity


def of_person(home: Home, person: int, take: int = 0) -> str:
    case = a_case(home, "published")
    embedded(home, case, photo_of(person, take), age=20)
    return case


def queued(home: Home, reviewer: Reviewer) -> list[Match]:
    return [sides.match for sides in queue(home.records, reviewer)]


def names(home: Home, reviewer: Reviewer) -> list[str]:
    return [match.identity for match in queued(home, reviewer)]


def test_the_queue_gives_a_reviewer_what_they_have_not_answered(home: Home) -> None:
    of_person(home, 7)
    for take in (1, 2):
        sent(home, 7, take)
    seen = []

    while sides := next_match(home.records, ONE)[0]:
        match = sides.match
        seen.append(match.identity)
        say(home, match.identity, "one", "confirm")

    assert len(set(seen)) == 2
    assert next_match(home.records, TWO)[1] == 2
    assert waiting(home.records) == 2


def test_one_reject_leaves_it_in_the_queue_of_others(home: Home) -> None:
    match = match_identity(case=of_person(home, 7), sighting=sent(home, 7, 1))

    say(home, match, "one", "reject")

    assert (names(home, ONE), names(home, TWO)) == ([], [match])


def test_an_answer_taken_back_brings_it_back(home: Home) -> None:
    match = match_identity(case=of_person(home, 7), sighting=sent(home, 7, 1))
    say(home, match, "one", "confirm")

    say(home, match, "one", "withdraw")

    assert names(home, ONE) == [match]


@pytest.mark.parametrize("reporter", ["reviewer:one", "admin:ONE", "reviewer: one "])
def test_what_one_reported_is_in_the_queue_of_others_alone(home: Home, reporter: str) -> None:
    case, _ = report_case(home.records, a_report(), a_contact(), "", reporter)
    change_state(home.records, case.identity, "verified", "looks right", "reviewer:two")
    embedded(home, case.identity, photo_of(7), age=20)

    match = match_identity(case=case.identity, sighting=sent(home, 7, 1))

    assert (names(home, ONE), names(home, TWO)) == ([], [match])


@pytest.mark.parametrize("side", ["case", "sighting"])
def test_what_is_closed_waits_for_nobody(home: Home, side: str) -> None:
    case, sighting = of_person(home, 7), sent(home, 7, 1)
    if side == "case":
        change_state(home.records, case, "closed", "she is home", "reporter")
    else:
        change_sighting_state(home.records, sighting, "closed", "a mistake", "reviewer:one")

    assert next_match(home.records, ONE) == (None, 0)


# What the order tells.


def made_matches(home: Home, ratios: list[float], **changes: Any) -> list[Match]:
    """Matches of these likelihood ratios, the oldest first, each of a case and sighting."""
    case, sighting = a_case(home, "published"), a_sighted(home)
    photos = {
        "case_photo": embedded(home, case, photo_of(500), age=20),
        "sighting_photo": embedded(home, sighting, photo_of(600), age=20),
    }
    made = [
        replace(
            a_match(),
            **photos,  # type: ignore[arg-type]
            identity=f"m{number:020x}",
            case=case,
            sighting=sighting,
            likelihood_ratio=ratio,
            created=f"2026-01-01T00:00:{number:02}",
            **changes,
        )
        for number, ratio in enumerate(ratios)
    ]
    for match in made:
        put(home, match)
    return made


def put(home: Home, match: Match) -> None:
    document = as_document(match)
    home.records.transact(lambda transaction: transaction.put(MATCHES, match.identity, document))


@pytest.mark.parametrize("states", list(itertools.permutations(UNDECIDED)))
def test_the_order_depends_on_neither_score_nor_what_others_said(
    home: Home, states: tuple[str, ...]
) -> None:
    ratios = [20.0, 800.0, 90.0, 11.0, 400.0, 12.0]
    made = made_matches(home, ratios)
    for match, state in zip(made, states * 2, strict=True):
        put(home, replace(match, state=state))  # type: ignore[arg-type]

    queued = names(home, ONE)
    listed = list_matches(home.records, ONE, "new", {}, None, 10)

    oldest_first = [match.identity for match in made]
    assert queued == oldest_first
    assert [sides.match.identity for sides in listed] == oldest_first[::-1]


def test_matches_found_together_are_not_made_in_the_order_of_their_likeness(home: Home) -> None:
    cases = [of_person(home, 7, take) for take in range(5)]
    sighting = sent(home, 7, 9)

    made = sorted(
        (get_match(home.records, match_identity(sighting, case)) for case in cases),
        key=lambda match: match.created,
    )

    assert [match.identity for match in made] == sorted(match.identity for match in made)


def test_who_is_shown_the_scores_gets_the_most_probable_first(home: Home) -> None:
    made = made_matches(home, [20.0, 800.0, 90.0])

    assert names(home, OPEN_EYED) == [made[place].identity for place in (1, 2, 0)]


def test_a_list_goes_on_where_a_page_ended_across_states(home: Home) -> None:
    made = made_matches(home, [20.0] * 9)
    for match, state in zip(made, (*UNDECIDED, *UNDECIDED, *UNDECIDED), strict=True):
        put(home, replace(match, state=state))  # type: ignore[arg-type]
    seen: list[str] = []
    after = None

    while page := list_matches(home.records, ONE, "new", {"case": made[0].case}, after, 2):
        seen += [sides.match.identity for sides in page]
        after = (page[-1].match.created, page[-1].match.identity)

    assert seen == [match.identity for match in made[::-1]]


def test_a_state_lists_what_this_reviewer_is_shown_in_it(home: Home) -> None:
    match = match_identity(case=of_person(home, 7), sighting=sent(home, 7, 1))
    say(home, match, "one", "unsure")

    def listed(reviewer: Reviewer, state: str) -> list[str]:
        found = list_matches(home.records, reviewer, state, {}, None, 5)  # type: ignore[arg-type]
        return [sides.match.identity for sides in found]

    assert (listed(ONE, "unsure"), listed(ONE, "new")) == ([match], [])
    assert (listed(TWO, "unsure"), listed(TWO, "new")) == ([], [match])


# What is sealed.


def test_a_case_is_sealed_until_its_match_is_answered(home: Home) -> None:
    case, sighting = of_person(home, 7), sent(home, 7, 1)
    before = sealed_cases(home.records, ONE, [sighting])

    say(home, match_identity(sighting, case), "one", "unsure")

    assert before == {case}
    assert sealed_cases(home.records, ONE, [sighting]) == set()
    assert sealed_cases(home.records, TWO, [sighting]) == {case}
    assert sealed_cases(home.records, replace(TWO, blind=False), [sighting]) == set()


def test_a_photo_of_a_sighting_leads_to_it_and_that_of_another_person_does_not(home: Home) -> None:
    sighting = sent(home, 7, 1)

    assert sightings_near(home.records, embedding_of(7, 1), "made-1") == [sighting]
    assert sightings_near(home.records, embedding_of(8, 1), "made-1") == []


# Copies.


@pytest.mark.parametrize("first", ["case", "sighting"])
def test_a_photo_that_a_case_has_is_a_copy_and_a_new_one_is_not(home: Home, first: str) -> None:
    case, copied, new = a_case(home, "published"), a_sighted(home), a_sighted(home)
    steps = [(case, 0), (copied, 0), (new, 1)]
    for subject, take in steps if first == "case" else steps[::-1]:
        embedded(home, subject, photo_of(7, take), age=20)

    copy, other = (
        get_match(home.records, match_identity(each, case)).copy for each in (copied, new)
    )

    assert (copy, other) == (True, False)


def test_a_copy_is_last_in_the_queue_of_the_blind_and_of_the_others(home: Home) -> None:
    case = of_person(home, 7)
    copied, new = sent(home, 7, 0), sent(home, 7, 1)

    in_order = [match_identity(new, case), match_identity(copied, case)]

    assert names(home, ONE) == in_order
    assert names(home, OPEN_EYED) == in_order


@pytest.mark.parametrize("takes", [(0, 1), (1, 0)])
def test_a_new_photo_beside_a_copy_is_what_a_reviewer_sees(
    home: Home, takes: tuple[int, int]
) -> None:
    case, sighting = of_person(home, 7), a_sighted(home)
    photos = {take: embedded(home, sighting, photo_of(7, take), age=20) for take in takes}

    match = get_match(home.records, match_identity(sighting, case))

    assert (match.copy, match.sighting_photo) == (False, photos[1])


@pytest.mark.parametrize("first", ["cases", "sighting"])
def test_a_copy_of_one_cases_photo_is_no_news_for_another_case(home: Home, first: str) -> None:
    sighting = sent(home, 7, 0) if first == "sighting" else ""
    one, other = of_person(home, 7, 0), of_person(home, 7, 5)
    sighting = sighting or sent(home, 7, 0)

    copies = [get_match(home.records, match_identity(sighting, case)).copy for case in (one, other)]

    assert copies == [True, True]


def test_six_copies_of_a_published_photo_are_one_row(home: Home) -> None:
    cases = [of_person(home, 7, take) for take in range(6)]

    sightings = [sent(home, 7, 0, "one hour") for _ in range(6)]

    assert (waiting(home.records), held(home.records)) == (1, 35)
    (match,) = queued(home, ONE)
    assert match.copy and match.case in cases and match.sighting in sightings


# The bounds, and that nothing behind them is lost.


def test_a_sighting_fills_no_more_than_its_part_and_the_rest_follows(home: Home) -> None:
    for take in range(MOST_OF_SIGHTING + 2):
        of_person(home, 7, take)
    sent(home, 7, 20)
    counted = [(waiting(home.records), held(home.records))]
    seen = []

    while sides := next_match(home.records, ONE)[0]:
        match = sides.match
        for reviewer in ("one", "two"):
            say(home, match.identity, reviewer, "reject")
        seen.append(match.likelihood_ratio)
        counted.append((waiting(home.records), held(home.records)))

    most = MOST_OF_SIGHTING
    assert counted[:3] == [(most, 2), (most, 1), (most, 0)]
    assert len(seen) == most + 2 and counted[-1] == (0, 0)


def test_the_most_probable_of_a_sighting_are_open_whatever_the_order(home: Home) -> None:
    chance = random.Random(3)
    ratios = [float(ratio) for ratio in range(11, 31)]
    chance.shuffle(ratios)

    for match in made_matches(home, ratios, state="held"):
        admit(home, match)

    opened = [match.likelihood_ratio for match in queued(home, OPEN_EYED)]
    assert opened == [30.0, 29.0, 28.0, 27.0, 26.0]


def admit(home: Home, match: Match) -> None:
    def work(transaction) -> None:  # type: ignore[no-untyped-def]
        for each in admitted(transaction, match):
            transaction.put(MATCHES, each.identity, as_document(each))

    home.records.transact(work)


def test_a_sender_fills_no_more_than_a_part_of_the_queue_in_an_hour(home: Home) -> None:
    for take in range(4):
        of_person(home, 7, take)
    for take in range(8):
        sent(home, 7, 10 + take, "one hour")

    before = waiting(home.records), held(home.records)
    sent(home, 7, 25, "another hour")

    assert before == (MOST_OF_BATCH, 32 - MOST_OF_BATCH)
    assert waiting(home.records) == MOST_OF_BATCH + 4


def test_one_that_somebody_has_answered_keeps_its_place(home: Home) -> None:
    case_of_first, *_ = [of_person(home, 7, take) for take in range(MOST_OF_SIGHTING)]
    sighting = sent(home, 7, 20)
    answered = match_identity(sighting, case_of_first)
    say(home, answered, "two", "confirm")

    for take in range(21, 27):
        of_person(home, 7, take)

    assert answered in names(home, ONE)
    assert waiting(home.records) == MOST_OF_SIGHTING


def test_what_an_erasure_freed_is_filled_by_the_sweep(home: Home) -> None:
    cases = [of_person(home, 7, take) for take in range(MOST_OF_SIGHTING + 1)]
    sighting = sent(home, 7, 20)
    opened = queued(home, ONE)[0]
    assert opened.case in cases and held(home.records) == 1

    erase(home, opened.case, "reporter")
    release_all(home.records)

    assert (waiting(home.records), held(home.records)) == (MOST_OF_SIGHTING, 0)
    assert {match.sighting for match in queued(home, ONE)} == {sighting}


def test_what_is_closed_keeps_no_place(home: Home) -> None:
    for take in range(MOST_OF_SIGHTING + 1):
        of_person(home, 7, take)
    sent(home, 7, 20)
    (behind,) = home.records.find(Query(MATCHES, {"state": "held"}))

    change_state(home.records, queued(home, ONE)[0].case, "closed", "she is home", "reporter")
    release_all(home.records)

    assert behind.identity in names(home, ONE)
    assert len(names(home, ONE)) == MOST_OF_SIGHTING


def test_releasing_again_changes_nothing(home: Home) -> None:
    for match in made_matches(home, [20.0, 30.0], state="held"):
        release(home.records, match)
    before = [match.updated for match in queued(home, ONE)]

    release_all(home.records)

    assert [match.updated for match in queued(home, ONE)] == before
    assert len(before) == 2


def test_a_sender_has_one_name_in_an_hour_and_no_record_leads_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = (batch_of(home.records, "192.0.2.1") for _ in range(2))
    other = batch_of(home.records, "192.0.2.2")

    monkeypatch.setattr("time.time", lambda: 2e9)
    forget_past_hours(home.records)
    monkeypatch.undo()

    assert first == again != other
    assert batch_of(home.records, "192.0.2.1") != first
