"""What reviewers say of a match: added, never changed; about what they were shown; by two."""

import itertools
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from aifr.casebook.answering import (
    answer_match,
    refusal_of,
    reviewer_of,
    revision_of,
)
from aifr.casebook.audit import history
from aifr.casebook.cases import report_case
from aifr.casebook.corrections import correct_case
from aifr.casebook.decisions import UNDECIDED, Match, settled, standing, state_of
from aifr.casebook.home import Home
from aifr.casebook.matches import MATCHES, get_match, match_identity, waiting
from aifr.casebook.photo_changes import correct_photo, remove_photo
from aifr.casebook.publishing import change_state
from aifr.casebook.settling import settle
from aifr.casebook.sides import sides_of
from aifr.casebook.sightings import change_sighting_state, report_sighting
from aifr.errors import Conflict, OwnRecord, RevisionMoved
from tests.casebook.conftest import (
    SETTINGS,
    a_case,
    a_sighted,
    embedded,
    in_a_group,
    ingest_all,
    patiently,
    revision,
    say,
)
from tests.casebook.made import a_contact, a_report, a_sighting, group_photo_of, made_card, photo_of

WORDS = ("confirm", "reject", "unsure")
REVIEWERS = ("one", "two", "three", "four")


@pytest.fixture
def found(home: Home) -> tuple[str, str, str]:
    """A match, with its case and its sighting."""
    case, sighting = a_case(home, "published"), a_sighted(home)
    in_a_group(home, case, group_photo_of(7), age=20)
    in_a_group(home, sighting, group_photo_of(7, 1), age=20)
    return match_identity(sighting, case), case, sighting


def match_all(home: Home, subject: str) -> list[str]:
    return settle(home.records, subject, made_card(), SETTINGS.match_bar)


# The table.


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("", "new"),
        ("c", "new"),
        ("r", "new"),
        ("u", "unsure"),
        ("cc", "confirmed"),
        ("rr", "rejected"),
        ("cr", "disputed"),
        ("cu", "unsure"),
        ("ru", "unsure"),
        ("cru", "disputed"),
        ("ccr", "confirmed"),
        ("crr", "rejected"),
        ("ccu", "confirmed"),
        ("rru", "rejected"),
        ("ccrr", "disputed"),
        ("cccrr", "confirmed"),
        ("ccrrr", "rejected"),
    ],
)
def test_two_decide_either_way_and_a_third_where_they_disagree(said: str, state: str) -> None:
    words = [next(word for word in WORDS if word[0] == letter) for letter in said]

    assert {state_of(list(order)) for order in itertools.permutations(words)} == {state}


def naive_state(words: Sequence[str]) -> str:
    """The same by striking out one confirm against one reject."""
    left = sorted(word for word in words if word != "unsure")
    while "confirm" in left and "reject" in left:
        left.remove("confirm")
        left.remove("reject")
    if left and words.count(left[0]) >= 2:
        return {"confirm": "confirmed", "reject": "rejected"}[left[0]]
    if {"confirm", "reject"} <= set(words):
        return "disputed"
    return "unsure" if "unsure" in words else "new"


def test_the_table_is_that_of_a_second_computation() -> None:
    for count in range(6):
        for words in itertools.product(WORDS, repeat=count):
            assert state_of(words) == naive_state(words), words


def test_any_story_of_answers_ends_in_the_state_of_those_that_stand() -> None:
    chance = random.Random(5)
    for _ in range(2000):
        match, last = a_match(), dict[str, str]()
        for _ in range(chance.randrange(12)):
            name, word = chance.choice(REVIEWERS), chance.choice((*WORDS, "withdraw"))
            said = {"reviewer": name, "answer": word, "round": 1}
            match = settled(Match(**{**vars(match), "answers": [*match.answers, said]}))
            last[name] = word

        words = [word for word in last.values() if word != "withdraw"]
        assert match.state == naive_state(words)
        assert {name: said["answer"] for name, said in standing(match).items()} == {
            name: word for name, word in last.items() if word != "withdraw"
        }


def a_match() -> Match:
    return Match(
        case="c",
        sighting="s",
        case_photo="p1",
        sighting_photo="p2",
        similarity=0.5,
        likelihood_ratio=20,
        age_gap=1,
        reliability="normal",
        reliability_reasons=[],
        reading="",
        model="m",
        identity="m1",
        created="",
        updated="",
    )


# One reviewer after another.


def test_one_reject_leaves_the_match_to_others_and_a_second_ends_it(
    home: Home, found: tuple[str, str, str]
) -> None:
    first = say(home, found[0], "one", "reject")
    second = say(home, found[0], "two", "reject")

    assert (first.state, second.state) == ("new", "rejected")


def test_one_reviewer_is_one_however_often_they_answer_and_however_they_are_typed(
    home: Home, found: tuple[str, str, str]
) -> None:
    for name in ("reviewer-1", "reviewer-1 ", "Reviewer-1", "REVIEWER-1\u00a0"):
        said = say(home, found[0], name, "confirm")

    assert said.state == "new"
    assert {each["reviewer"] for each in said.answers} == {"reviewer-1"}
    assert len(said.answers) == 4


def test_an_answer_can_be_taken_back_and_stays_in_the_record(
    home: Home, found: tuple[str, str, str]
) -> None:
    name, case, _ = found
    for reviewer in ("one", "two"):
        say(home, name, reviewer, "confirm")

    undone = say(home, name, "two", "withdraw")
    anew = say(home, name, "two", "reject")

    assert (undone.state, anew.state) == ("new", "disputed")
    assert [said["answer"] for said in anew.answers] == ["confirm", "confirm", "withdraw", "reject"]
    assert all(said["reason"] for said in anew.answers)
    actions = [event.action for event in history(home.records, case)]
    assert actions[-4:] == ["match confirm", "match confirm", "match withdraw", "match reject"]


@pytest.mark.parametrize("before", [[], ["withdraw"]])
def test_what_was_not_said_cannot_be_taken_back(
    home: Home, found: tuple[str, str, str], before: list[str]
) -> None:
    for word in ["confirm", *before] if before else []:
        say(home, found[0], "one", word)  # type: ignore[arg-type]

    with pytest.raises(Conflict):
        say(home, found[0], "one", "withdraw")


def test_the_same_request_again_adds_nothing(home: Home, found: tuple[str, str, str]) -> None:
    shown = revision(home, found[0], "one")

    first = say(home, found[0], "one", "confirm", shown)
    again = say(home, found[0], "one", "confirm", shown)

    assert again == first
    assert len(again.answers) == 1


def test_only_a_first_answer_is_blind(home: Home, found: tuple[str, str, str]) -> None:
    for word in ("unsure", "confirm", "withdraw", "reject"):
        said = say(home, found[0], "one", word)  # type: ignore[arg-type]
    other = say(home, found[0], "two", "reject")

    assert [each["blind"] for each in said.answers] == [True, False, False, False]
    assert other.answers[-1]["blind"]


def test_where_scores_are_shown_to_all_no_answer_is_blind(
    home: Home, found: tuple[str, str, str]
) -> None:
    name, sides = found[0], sides_of(home.records, get_match(home.records, found[0]))
    reviewer = reviewer_of("one", blind=False)
    shown = revision_of(sides, reviewer)
    said = answer_match(home.records, name, reviewer, "confirm", "the scar", shown)

    assert not said.answers[0]["blind"]


# What was looked at.


def correct_age(home: Home, case: str, photo: str) -> None:
    correct_photo(home, case, photo, {"age": 3}, "reviewer:ten", 10_000_000, directly=True)
    match_all(home, case)


def choose_other_face(home: Home, case: str, photo: str) -> None:
    correct_photo(home, case, photo, {"chosen": 1}, "reviewer:ten", 10_000_000, directly=True)


def correct_words(home: Home, case: str, photo: str) -> None:
    correct_case(home.records, case, {"description": "A scar."}, "reviewer:one", True)


@pytest.mark.parametrize("change", [correct_age, choose_other_face, correct_words])
def test_an_answer_to_what_has_changed_since_is_refused(
    home: Home, found: tuple[str, str, str], change: Callable[[Home, str, str], None]
) -> None:
    name, case, _ = found
    say(home, name, "two", "unsure")
    shown = revision(home, name, "one")

    change(home, case, get_match(home.records, name).case_photo)

    with pytest.raises(RevisionMoved):
        say(home, name, "one", "confirm", shown)
    assert len(get_match(home.records, name).answers) == 1


def test_a_decision_of_others_moves_what_a_reviewer_was_shown(
    home: Home, found: tuple[str, str, str]
) -> None:
    shown = revision(home, found[0], "three")
    for reviewer in ("one", "two"):
        say(home, found[0], reviewer, "confirm")

    with pytest.raises(RevisionMoved):
        say(home, found[0], "three", "reject", shown)


def test_an_answer_of_another_moves_it_for_who_can_see_it_and_for_nobody_else(
    home: Home, found: tuple[str, str, str]
) -> None:
    say(home, found[0], "one", "confirm")
    open_to_one, sealed_to_two = revision(home, found[0], "one"), revision(home, found[0], "two")

    say(home, found[0], "three", "reject")

    assert revision(home, found[0], "two") == sealed_to_two
    with pytest.raises(RevisionMoved):
        say(home, found[0], "one", "withdraw", open_to_one)


def test_two_reviewers_at_the_same_moment_lose_no_answer(
    home: Home, found: tuple[str, str, str]
) -> None:
    shown = {name: revision(home, found[0], name) for name in REVIEWERS}

    with ThreadPoolExecutor(len(REVIEWERS)) as together:
        answers = [
            together.submit(patiently, partial(say, home, found[0], name, "unsure", shown[name]))
            for name in REVIEWERS
        ]
        for each in answers:
            each.result()

    said = get_match(home.records, found[0]).answers
    assert sorted(each["reviewer"] for each in said) == sorted(REVIEWERS)


# Who may.


def a_match_of(home: Home, reporter: str, sender: str) -> str:
    case, _ = report_case(home.records, a_report(), a_contact(), "Ana Pop", reporter)
    change_state(home.records, case.identity, "verified", "looks right", "reviewer:nine")
    sighting, _ = report_sighting(home.records, a_sighting(), None, sender)
    embedded(home, case.identity, photo_of(7), age=20)
    embedded(home, sighting.identity, photo_of(7, 1), age=20)
    return match_identity(sighting.identity, case.identity)


@pytest.mark.parametrize(
    ("reporter", "sender"),
    [("reviewer:one", "public"), ("public", "reviewer:one"), ("admin:One ", "partner:one")],
)
def test_nobody_answers_what_they_reported_or_sent(home: Home, reporter: str, sender: str) -> None:
    name = a_match_of(home, reporter, sender)

    with pytest.raises(OwnRecord):
        say(home, name, "one", "confirm")
    assert say(home, name, "two", "confirm").state == "new"


def test_a_partner_of_the_same_name_is_somebody_else(home: Home) -> None:
    name = a_match_of(home, "partner:one", "partner:one")

    assert say(home, name, "one", "confirm").answers


@pytest.mark.parametrize("side", ["case", "sighting"])
@pytest.mark.parametrize("word", ["confirm", "reject", "unsure", "withdraw"])
def test_what_is_closed_is_answered_no_more(
    home: Home, found: tuple[str, str, str], side: str, word: str
) -> None:
    name, case, sighting = found
    say(home, name, "one", "confirm")
    if side == "case":
        change_state(home.records, case, "closed", "she is home", "reporter")
    else:
        change_sighting_state(home.records, sighting, "closed", "a mistake", "reviewer:one")

    with pytest.raises(Conflict):
        say(home, name, "one", word)  # type: ignore[arg-type]


# When a photo goes.


def remove(home: Home, match: Match, side: str) -> None:
    subject = match.case if side == "case_photo" else match.sighting
    remove_photo(home, subject, getattr(match, side), "reporter")
    match_all(home, subject)


def choose_another(home: Home, match: Match, side: str) -> None:
    subject = match.case if side == "case_photo" else match.sighting
    photo = getattr(match, side)
    correct_photo(home, subject, photo, {"chosen": 1}, "reviewer:ten", 10_000_000, directly=True)
    ingest_all(home)


@pytest.mark.parametrize("side", ["case_photo", "sighting_photo"])
@pytest.mark.parametrize("change", [remove, choose_another])
@pytest.mark.parametrize("word", ["confirm", "reject"])
def test_a_decided_match_is_kept_and_marked_when_a_photo_goes(
    home: Home,
    found: tuple[str, str, str],
    side: str,
    change: Callable[[Home, Match, str], None],
    word: str,
) -> None:
    for reviewer in ("one", "two"):
        decided = say(home, found[0], reviewer, word)  # type: ignore[arg-type]

    change(home, decided, side)

    kept = get_match(home.records, found[0])
    assert (kept.state, kept.answers) == (decided.state, decided.answers)
    assert kept.withdrawn_photos == [side]
    sides = sides_of(home.records, kept)
    assert refusal_of(sides, reviewer_of("three")) == "photo_withdrawn"


def test_the_same_photo_sent_again_does_not_begin_anew(
    home: Home, found: tuple[str, str, str]
) -> None:
    name, case, _ = found
    for reviewer in ("one", "two"):
        decided = say(home, name, reviewer, "confirm")

    remove_photo(home, case, decided.case_photo, "reporter")
    embedded(home, case, photo_of(7), age=20)

    assert get_match(home.records, name).state == "confirmed"
    assert get_match(home.records, name).answers == decided.answers


def test_an_undecided_match_goes_on_with_the_next_best_photos_and_keeps_what_was_said(
    home: Home, found: tuple[str, str, str]
) -> None:
    name, case, _ = found
    other = embedded(home, case, photo_of(7, 5), age=20)
    first = get_match(home.records, name).case_photo
    other = other if other != first else embedded(home, case, photo_of(7), age=20)
    said = say(home, name, "one", "confirm")

    remove(home, said, "case_photo")

    renewed = get_match(home.records, name)
    assert (renewed.state, renewed.round, renewed.withdrawn_photos) == ("new", 2, [])
    assert renewed.case_photo != first
    assert renewed.answers == said.answers and not standing(renewed)
    # What was said of the other photos is no half of a decision on these.
    assert say(home, name, "two", "confirm").state == "new"


def test_an_undecided_match_without_another_photo_waits_for_one(
    home: Home, found: tuple[str, str, str]
) -> None:
    name, case, _ = found
    said = say(home, name, "one", "confirm")

    remove(home, said, "case_photo")
    lost = get_match(home.records, name)
    in_queue = waiting(home.records)
    embedded(home, case, photo_of(7, 3), age=20)

    assert (lost.state, in_queue) == ("unpaired", 0)
    assert (get_match(home.records, name).state, waiting(home.records)) == ("new", 1)


def test_a_decision_on_lost_photos_that_is_taken_back_is_made_anew_on_others(
    home: Home, found: tuple[str, str, str]
) -> None:
    name, case, sighting = found
    for reviewer in ("one", "two"):
        decided = say(home, name, reviewer, "confirm")
    embedded(home, case, photo_of(7, 4), age=20)
    remove(home, decided, "case_photo")

    lost = say(home, name, "two", "withdraw")
    match_all(home, sighting)

    assert lost.state == "unpaired"
    assert get_match(home.records, name).round == 2
    assert get_match(home.records, name).state in UNDECIDED


def test_answers_of_before_are_read(home: Home, found: tuple[str, str, str]) -> None:
    """A record of a version that kept one answer of each reviewer."""
    document = home.records.get(MATCHES, found[0]) or {}
    for added in ("copy", "round", "withdrawn_photos", "batch"):
        del document[added]
    said = {"answer": "confirm", "reason": "the scar", "at": "2026-01-01T00:00:00.000000+00:00"}
    document["answers"] = {"one": said}
    home.records.transact(lambda transaction: transaction.put(MATCHES, found[0], document))

    assert say(home, found[0], "two", "confirm").state == "confirmed"
