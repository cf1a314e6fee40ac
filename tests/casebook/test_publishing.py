"""What is told of a case that reviewers have looked at changes nothing until one has passed it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aifr.casebook import standing
from aifr.casebook.audit import history
from aifr.casebook.cases import Case, CaseState, get_case, list_cases, list_waiting, report_case
from aifr.casebook.corrections import correct_case
from aifr.casebook.home import Home
from aifr.casebook.ingestion import ingest
from aifr.casebook.photo_changes import correct_photo, ingest_again, remove_photo
from aifr.casebook.photos import add_photo, get_photo, photo_identity, photos_of, shown
from aifr.casebook.publishing import Ruling, change_state, decide_changes
from aifr.casebook.settling import settle
from aifr.errors import (
    CaseClosed,
    Conflict,
    FaceNotChosen,
    InvalidParameter,
    NotFound,
    OwnRecord,
    RevisionMoved,
    SecondPersonNeeded,
)
from tests.casebook.conftest import (
    SETTINGS,
    a_case,
    a_sighted,
    arrival_of,
    embedded,
    in_a_group,
    ingest_all,
    patiently,
    upload,
)
from tests.casebook.made import (
    a_contact,
    a_report,
    group_photo_of,
    made_card,
    made_recognise,
    photo_of,
    photo_of_nobody,
)

MOST = 10_000_000
REPORTERS = ["reporter", "partner:police", "reviewer:three"]
Change = Callable[[Home, str, str], object]


def reviewed_case(home: Home, state: CaseState = "published") -> str:
    """A case in a state, with a photo of two people that was passed."""
    case = a_case(home)
    in_a_group(home, case, group_photo_of(7), age=6)
    steps: list[CaseState] = {
        "draft": [],
        "verified": ["verified"],
        "published": ["verified", "published"],
        "closed": ["verified", "published", "closed"],
    }[state]  # type: ignore[assignment]
    for step in steps:
        change_state(home.records, case, step, "looks right", "reviewer:one")
    return case


def first_photo(home: Home, case: str) -> str:
    return photos_of(home.records, case)[0].identity


def add(home: Home, case: str, actor: str) -> None:
    upload(home, case, photo_of(8), age=9)
    ingest_all(home)


def remove(home: Home, case: str, actor: str) -> None:
    remove_photo(home, case, first_photo(home, case), actor)


def reface(home: Home, case: str, actor: str) -> None:
    correct_photo(home, case, first_photo(home, case), {"chosen": 1}, actor, MOST)
    ingest_all(home)


def age(home: Home, case: str, actor: str) -> None:
    correct_photo(home, case, first_photo(home, case), {"age": 7}, actor, MOST)


def text(home: Home, case: str, actor: str) -> None:
    correct_case(home.records, case, {"place": "Turda", "birth_year": 1997}, actor)


CHANGES = [add, reface, age, text]


def public(home: Home, case: str) -> Any:
    """All that the public sees, and where the faces are searched."""
    record = get_case(home.records, case)
    seen = [photo for photo in photos_of(home.records, case) if shown(record, photo)]
    galleries = {face.photo: face.gallery for face in home.records.faces(case)}
    return (
        (record.place, record.birth_year, sorted(record.words)),
        [(photo.identity, photo.age, photo.face, galleries.get(photo.identity)) for photo in seen],
    )


def searched(home: Home, case: str) -> list[str]:
    """The photos of a case whose faces are searched."""
    return [face.photo for face in home.records.faces(case) if face.gallery]


def passing(home: Home, case: str, actor: str = "reviewer:two", **said: Any) -> Case:
    """The case after a reviewer passed what waits, and ingestion was done with it."""
    decide_changes(home.records, case, Ruling("pass", **said), actor)
    for photo in photos_of(home.records, case):
        if photo.state == "pending" and photo.faces:
            ingest_again(home, photo, MOST)
    ingest_all(home)
    return get_case(home.records, case)


@pytest.mark.parametrize("actor", REPORTERS)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("state", ["verified", "published"])
def test_what_is_told_of_a_reviewed_case_is_seen_by_nobody_until_it_is_passed(
    home: Home, state: CaseState, change: Change, actor: str
) -> None:
    case = reviewed_case(home, state)
    before, reviewed = public(home, case), get_case(home.records, case).reviewed

    change(home, case, actor)

    waiting = get_case(home.records, case)
    assert (public(home, case), waiting.state, waiting.reviewed) == (before, state, reviewed)
    assert waiting.waiting and waiting.revision > reviewed
    assert [each.identity for each in list_waiting(home.records, {}, None, None, 5)] == [case]
    passed = passing(home, case)
    assert public(home, case) != before
    assert (passed.waiting, passed.state) == (False, state)
    assert list_waiting(home.records, {}, None, None, 5) == []


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_told_of_a_draft_is_told_and_waits_for_the_draft_to_be_verified(
    home: Home, change: Change
) -> None:
    case = reviewed_case(home, "draft")

    change(home, case, "reporter")

    draft = get_case(home.records, case)
    assert (draft.waiting, draft.proposed, searched(home, case)) == (False, {}, [])
    change_state(home.records, case, "verified", "looks right", "reviewer:one")
    assert sorted(searched(home, case)) == sorted(
        photo.identity for photo in photos_of(home.records, case)
    )


@pytest.mark.parametrize("actor", [*REPORTERS, "admin:boss"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_closed_case_is_not_changed_by_anyone(home: Home, change: Change, actor: str) -> None:
    case = reviewed_case(home, "closed")
    before = (get_case(home.records, case), photos_of(home.records, case))

    with pytest.raises(CaseClosed):
        change(home, case, actor)

    assert (get_case(home.records, case), photos_of(home.records, case)) == before


def test_an_object_that_arrives_at_a_closed_case_becomes_no_photo(home: Home) -> None:
    case = reviewed_case(home, "closed")
    home.incoming.put(f"{case}/upload-1.jpg", photo_of(9), "image/jpeg")

    (outcome,) = ingest_all(home)

    assert outcome.photo is None and isinstance(outcome.refused, CaseClosed)
    assert len(photos_of(home.records, case)) == 1
    assert list(home.incoming.list()) == []


@pytest.mark.parametrize("state", ["draft", "verified", "published", "closed"])
def test_a_photo_is_taken_down_at_once_in_every_state(home: Home, state: CaseState) -> None:
    case = reviewed_case(home, state)
    photo = first_photo(home, case)

    remove(home, case, "reporter")

    left = get_case(home.records, case)
    assert photos_of(home.records, case) == [] and home.records.faces(case) == []
    assert left.state == state
    told = [gone["photo"] for gone in left.removed]
    assert told == ([photo] if state in ("verified", "published") else [])
    assert left.waiting == bool(told)


def test_that_a_photo_went_is_off_the_list_when_a_reviewer_has_seen_it(home: Home) -> None:
    case = reviewed_case(home)
    remove(home, case, "reporter")

    seen = passing(home, case)

    assert (seen.removed, seen.waiting, seen.state) == ([], False, "published")


@pytest.mark.parametrize("state", ["draft", "verified", "published", "closed"])
def test_contact_and_full_name_change_at_once_and_move_nothing(
    home: Home, state: CaseState
) -> None:
    case = reviewed_case(home, state)
    before = get_case(home.records, case)

    correct_case(home.records, case, {}, "reporter", private={"full_name": "Ana Maria Pop"})

    assert get_case(home.records, case) == before
    assert (home.records.get("private", case) or {})["full_name"] == "Ana Maria Pop"


@pytest.mark.parametrize("change", [*CHANGES, remove])
@pytest.mark.parametrize("state", ["draft", "published"])
def test_every_change_of_content_moves_the_revision(
    home: Home, state: CaseState, change: Change
) -> None:
    case = reviewed_case(home, state)
    before = get_case(home.records, case).revision

    change(home, case, "reporter")

    assert get_case(home.records, case).revision > before


def test_what_ingestion_sees_in_a_photo_moves_the_revision(home: Home) -> None:
    case = reviewed_case(home, "draft")
    upload(home, case, photo_of(8))
    looked = get_case(home.records, case).revision
    ingest_all(home)

    with pytest.raises(RevisionMoved):
        change_state(home.records, case, "verified", "fine", "reviewer:one", looked)


def test_matching_moves_nothing(home: Home) -> None:
    case, sighting = reviewed_case(home), a_sighted(home)
    before = get_case(home.records, case)

    embedded(home, sighting, photo_of(7, 1), age=20)
    settle(home.records, case, made_card(), SETTINGS.match_bar)

    assert home.records.count("matches", {"case": case}) == 1
    assert get_case(home.records, case) == before


def test_who_saw_an_older_revision_changes_and_decides_nothing(home: Home) -> None:
    case = reviewed_case(home)
    seen, photo = get_case(home.records, case).revision, first_photo(home, case)
    text(home, case, "reporter")
    before = get_case(home.records, case)

    for act in (
        lambda: change_state(home.records, case, "closed", "old", "reviewer:one", seen),
        lambda: change_state(home.records, case, "published", "old", "reviewer:one", seen),
        lambda: decide_changes(home.records, case, Ruling("pass"), "reviewer:two", seen),
        lambda: correct_case(home.records, case, {"place": "Dej"}, "reporter", revision=seen),
        lambda: correct_photo(home, case, photo, {"age": 2}, "reporter", MOST, seen),
        lambda: remove_photo(home, case, photo, "reporter", seen),
    ):
        with pytest.raises(RevisionMoved):
            act()

    assert get_case(home.records, case) == before


def test_of_many_who_decide_on_one_revision_exactly_one_succeeds(home: Home) -> None:
    case = reviewed_case(home)
    text(home, case, "reporter")
    seen = get_case(home.records, case).revision
    acts: list[Callable[[], object]] = [
        lambda: decide_changes(home.records, case, Ruling("pass"), "reviewer:two", seen),
        lambda: decide_changes(
            home.records, case, Ruling("refuse", reason="no"), "reviewer:three", seen
        ),
        lambda: change_state(home.records, case, "closed", "over", "reviewer:four", seen),
        lambda: correct_case(home.records, case, {"place": "Dej"}, "reporter", revision=seen),
    ]

    def wins(act: Callable[[], object]) -> bool:
        try:
            patiently(act)
        except RevisionMoved:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(wins, acts * 2))

    assert won.count(True) == 1
    assert get_case(home.records, case).revision == seen + 1


# Who may.


@pytest.mark.parametrize("second", ["reviewer:one", "admin:One ", "reviewer:\uff4fne"])
def test_who_verified_a_case_does_not_publish_it(home: Home, second: str) -> None:
    case = reviewed_case(home, "draft")
    change_state(home.records, case, "verified", "fine", "reviewer:one", second=True)

    with pytest.raises(SecondPersonNeeded):
        change_state(home.records, case, "published", "fine", second, second=True)

    assert get_case(home.records, case).state == "verified"
    published = change_state(home.records, case, "published", "ok", "reviewer:two", second=True)
    assert published.state == "published"


def test_stepping_back_is_no_verifying(home: Home) -> None:
    case = reviewed_case(home)
    change_state(home.records, case, "verified", "a doubt", "reviewer:two", second=True)

    with pytest.raises(SecondPersonNeeded):
        change_state(home.records, case, "published", "none", "reviewer:one", second=True)
    change_state(home.records, case, "published", "none", "reviewer:two", second=True)


def test_who_is_alone_does_both(home: Home) -> None:
    assert get_case(home.records, reviewed_case(home)).state == "published"


@pytest.mark.parametrize("reporter", ["reviewer:one", "admin:ONE", "reviewer: one "])
@pytest.mark.parametrize("second", [True, False])
def test_nobody_reviews_what_they_reported(home: Home, reporter: str, second: bool) -> None:
    case = report_case(home.records, a_report(), a_contact(), "", reporter)[0].identity

    with pytest.raises(OwnRecord):
        change_state(home.records, case, "verified", "mine", "reviewer:one", second=second)
    change_state(home.records, case, "verified", "hers", "reviewer:two", second=second)
    with pytest.raises(OwnRecord):
        change_state(home.records, case, "published", "mine", "reviewer:one", second=second)
    text(home, case, "reporter")
    for decision in ("pass", "refuse"):
        with pytest.raises(OwnRecord):
            ruling = Ruling(decision, reason="mine")  # type: ignore[arg-type]
            decide_changes(home.records, case, ruling, "reviewer:one", second=second)
    change_state(home.records, case, "closed", "found", "reviewer:one")


@pytest.mark.parametrize("change", [age, reface, text])
def test_what_a_reviewer_proposed_another_passes(home: Home, change: Change) -> None:
    case = reviewed_case(home)
    change(home, case, "reviewer:three")

    with pytest.raises(SecondPersonNeeded):
        decide_changes(home.records, case, Ruling("pass"), "admin:Three", second=True)
    decide_changes(home.records, case, Ruling("pass"), "reviewer:two", second=True)

    assert not get_case(home.records, case).waiting


def test_a_photo_that_a_reviewer_sent_another_passes(home: Home) -> None:
    case = reviewed_case(home)
    photo = photo_identity(case, photo_of(8))
    add_photo(home, case, photo, photo_of(8), 9, None, "reviewer:three")
    ingest_all(home)

    for named in (None, [photo]):
        with pytest.raises(SecondPersonNeeded):
            ruling = Ruling("pass", photos=named)
            decide_changes(home.records, case, ruling, "reviewer:three", second=True)
    decide_changes(home.records, case, Ruling("pass"), "reviewer:two", second=True)

    assert get_photo(home.records, case, photo).passed_by == "reviewer:two"


def test_publishing_leaves_what_the_publisher_proposed_waiting(home: Home) -> None:
    case = reviewed_case(home, "verified")
    correct_case(home.records, case, {"place": "Turda"}, "reviewer:two")
    correct_case(home.records, case, {"name": "Ana M."}, "reporter")

    published = change_state(home.records, case, "published", "ok", "reviewer:two", second=True)

    assert (published.name, published.place) == ("Ana M.", "Cluj-Napoca")
    assert list(published.proposed) == ["place"] and published.waiting


# What exactly.


def test_a_step_up_passes_all_photos_but_those_left_out(home: Home) -> None:
    case = a_case(home)
    photos = [embedded(home, case, photo_of(person)) for person in (7, 8, 9)]
    rejected = embedded(home, case, photo_of_nobody())
    group = embedded(home, case, group_photo_of(10))

    verified = change_state(
        home.records, case, "verified", "fine", "reviewer:one", leave_out=[photos[1]]
    )

    assert sorted(searched(home, case)) == sorted([photos[0], photos[2]])
    assert verified.waiting
    told = {photo.identity: photo for photo in photos_of(home.records, case)}
    assert told[photos[0]].passed_by == "reviewer:one" and told[photos[0]].passed_at
    assert [told[name].passed_by for name in (photos[1], group, rejected)] == ["", "", ""]
    event = history(home.records, case)[-1]
    assert (event.action, sorted(event.details)) == (
        "case verified",
        sorted([photos[0], photos[2]]),
    )


@pytest.mark.parametrize("step", ["verified", "draft", "closed"])
def test_a_step_back_passes_nothing(home: Home, step: CaseState) -> None:
    case = reviewed_case(home)
    add(home, case, "reporter")
    text(home, case, "reporter")

    stepped = change_state(home.records, case, step, "a doubt", "reviewer:two")

    assert set(stepped.proposed) == {"place", "birth_year"}
    assert [photo.passed_by for photo in photos_of(home.records, case)] == ["reviewer:one", ""]


@pytest.mark.parametrize("said", ["leave_out", "whole"])
def test_a_step_that_passes_nothing_names_no_photos(home: Home, said: str) -> None:
    case = reviewed_case(home)
    named: Any = {said: [first_photo(home, case)]}

    with pytest.raises(InvalidParameter):
        change_state(home.records, case, "closed", "over", "reviewer:two", **named)

    assert get_case(home.records, case).state == "published"


def test_fields_and_photos_are_passed_one_by_one(home: Home) -> None:
    case = reviewed_case(home)
    add(home, case, "reporter")
    correct_case(home.records, case, {"place": "Turda", "name": "Ana M."}, "reporter")

    passed = passing(home, case, fields=["place"])

    assert (passed.place, passed.name, passed.waiting) == ("Turda", "Ana", True)
    assert len(searched(home, case)) == 1
    new = photos_of(home.records, case)[1].identity
    last = passing(home, case, fields=["name"], photos=[new])
    assert (last.name, last.waiting, len(searched(home, case))) == ("Ana M.", False, 2)


def test_a_case_is_found_by_the_words_that_were_passed(home: Home) -> None:
    case = reviewed_case(home)
    text(home, case, "reporter")

    def found(word: str) -> bool:
        return bool(list_cases(home.records, "published", {}, word, None, 5))

    before = (found("cluj"), found("turda"))
    passing(home, case)

    assert (before, found("cluj"), found("turda")) == ((True, False), False, True)


def test_what_is_refused_stays_as_it_was_and_the_reason_is_told(home: Home) -> None:
    case = reviewed_case(home)
    before = public(home, case)
    for change in CHANGES:
        change(home, case, "reporter")

    ruling = Ruling("refuse", reason="a telephone number")
    refused = decide_changes(home.records, case, ruling, "reviewer:two")

    assert (public(home, case), refused.waiting, refused.proposed) == (before, False, {})
    assert refused.refused["place"]["reason"] == "a telephone number"
    assert refused.refused["place"]["value"] == "Turda"
    assert {photo.refused for photo in photos_of(home.records, case)} == {"a telephone number"}


def test_what_was_refused_may_be_told_otherwise(home: Home) -> None:
    case = reviewed_case(home)
    add(home, case, "reporter")
    text(home, case, "reporter")
    decide_changes(home.records, case, Ruling("refuse", reason="no"), "reviewer:two")
    new = photos_of(home.records, case)[1].identity

    correct_case(home.records, case, {"place": "Dej"}, "reporter")
    correct_photo(home, case, new, {"age": 8}, "reporter", MOST)

    again = get_case(home.records, case)
    assert "place" not in again.refused and again.proposed["place"]["value"] == "Dej"
    assert get_photo(home.records, case, new).refused == ""
    assert passing(home, case).place == "Dej"
    assert new in searched(home, case)


def test_telling_the_old_value_again_withdraws_the_new_one(home: Home) -> None:
    case, photo = (made := reviewed_case(home)), first_photo(home, made)
    text(home, case, "reporter")
    age(home, case, "reporter")

    correct_case(home.records, case, {"place": "Cluj-Napoca", "birth_year": 1998}, "reporter")
    correct_photo(home, case, photo, {"age": 6}, "reporter", MOST)

    assert get_case(home.records, case).waiting is False
    assert get_photo(home.records, case, photo).proposed == {}


def test_a_passed_photo_is_taken_off_by_refusing_it(home: Home) -> None:
    case, photo = (made := reviewed_case(home)), first_photo(home, made)

    ruling = Ruling("refuse", photos=[photo], reason="it shows a house number")
    decide_changes(home.records, case, ruling, "reviewer:two")

    assert (public(home, case)[1], searched(home, case)) == ([], [])
    assert get_case(home.records, case).state == "published"
    passing(home, case, photos=[photo])
    assert searched(home, case) == [photo]


def test_whole_is_said_of_a_photo_and_kept_with_who_and_when(home: Home) -> None:
    case, photo = (made := reviewed_case(home)), first_photo(home, made)

    passing(home, case, whole=[photo])
    kept = get_photo(home.records, case, photo)
    age(home, case, "reporter")
    passing(home, case, actor="reviewer:three")
    later = get_photo(home.records, case, photo)
    passing(home, case, photos=[photo])

    assert (kept.whole, kept.passed_by) == (True, "reviewer:two") and kept.passed_at
    assert (later.whole, later.passed_by, later.age) == (True, "reviewer:three", 7)
    assert not get_photo(home.records, case, photo).whole
    told = [event.details for event in history(home.records, case)]
    assert [f"{photo} whole"] in told


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({}, Conflict),
        ({"fields": ["place"]}, Conflict),
        ({"photos": ["p00000000000000000000"]}, NotFound),
        ({"whole": ["p00000000000000000000"]}, NotFound),
    ],
)
def test_what_does_not_wait_is_not_passed(
    home: Home, said: dict[str, Any], problem: type[Exception]
) -> None:
    case = reviewed_case(home)

    with pytest.raises(problem):
        decide_changes(home.records, case, Ruling("pass", **said), "reviewer:two")


def test_a_photo_in_which_nobody_was_pointed_at_is_not_passed(home: Home) -> None:
    case = reviewed_case(home)
    upload(home, case, group_photo_of(8))
    ingest_all(home)
    group = photos_of(home.records, case)[1].identity

    for named in ({"photos": [group]}, {"whole": [group]}):
        with pytest.raises(FaceNotChosen):
            decide_changes(home.records, case, Ruling("pass", **named), "reviewer:two")  # type: ignore[arg-type]
    assert get_case(home.records, case).waiting
    correct_photo(home, case, group, {"chosen": 1}, "reviewer:two", MOST)
    ingest_all(home)
    passing(home, case)

    assert group in searched(home, case)


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_changes_are_passed_of_verified_and_published_cases_alone(
    home: Home, state: CaseState
) -> None:
    with pytest.raises(Conflict):
        decide_changes(home.records, reviewed_case(home, state), Ruling("pass"), "reviewer:two")


def test_passing_part_of_a_correction_that_makes_no_sense_alone_is_refused(home: Home) -> None:
    case = reviewed_case(home)
    changes = {"birth_year": 2010, "missing_since": "2020-01-01"}
    correct_case(home.records, case, changes, "reporter")

    with pytest.raises(InvalidParameter):
        decide_changes(home.records, case, Ruling("pass", fields=["birth_year"]), "reviewer:two")

    assert passing(home, case).birth_year == 2010


def test_two_corrections_that_contradict_each_other_are_refused(home: Home) -> None:
    case = reviewed_case(home)
    correct_case(home.records, case, {"birth_year": 2003}, "reporter")

    with pytest.raises(InvalidParameter):
        correct_case(home.records, case, {"missing_since": "2001-01-01"}, "reporter")


def test_a_photo_that_waits_is_matched_when_it_is_passed_and_not_before(home: Home) -> None:
    case, sighting = reviewed_case(home), a_sighted(home)
    embedded(home, sighting, photo_of(8, 1), age=20)
    add(home, case, "reporter")
    settle(home.records, case, made_card(), SETTINGS.match_bar)
    before = home.records.count("matches", {})

    passing(home, case)
    settle(home.records, case, made_card(), SETTINGS.match_bar)

    assert (before, home.records.count("matches", {})) == (0, 1)


def test_a_photo_whose_pass_is_taken_back_while_it_is_matched_makes_no_match(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, sighting = reviewed_case(home), a_sighted(home)
    photo, compare = first_photo(home, case), standing.best_of_each

    def refused_meanwhile(pairs: Any) -> Any:
        found = compare(pairs)
        ruling = Ruling("refuse", photos=[photo], reason="a doubt")
        decide_changes(home.records, case, ruling, "reviewer:two")
        return found

    monkeypatch.setattr(standing, "best_of_each", refused_meanwhile)
    upload(home, sighting, photo_of(7, 1), 20)
    ingest_all(home)

    assert home.records.count("matches", {}) == 0


def test_a_correction_during_ingestion_is_not_lost(home: Home) -> None:
    case = reviewed_case(home, "draft")
    photo = upload(home, case, photo_of(8), 9)
    (found,) = home.incoming.list()

    def meanwhile(data: bytes, chosen: int | None) -> Any:
        correct_photo(home, case, photo.identity, {"age": 10}, "reporter", MOST)
        return made_recognise(data, chosen)

    ingest(home, arrival_of(home, found), meanwhile, made_card(), SETTINGS)

    kept = get_photo(home.records, case, photo.identity)
    assert (kept.state, kept.age, kept.added_by) == ("embedded", 10, "reporter")
