"""Firestore's indexes and rules: every question the casebook asks is answered by an index.

The emulator answers without; so each query that the casebook can make is made here, and a test
reads the sources to see that none was forgotten.
"""

import ast
import itertools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from aifr.casebook import audit_check
from aifr.casebook.answering import reviewer_of
from aifr.casebook.audit import history
from aifr.casebook.cases import CaseState, list_cases, list_waiting
from aifr.casebook.decisions import MATCH_STATES
from aifr.casebook.erasure import erase
from aifr.casebook.home import Home
from aifr.casebook.keys import list_keys, revoke_keys
from aifr.casebook.matches import held, waiting
from aifr.casebook.people import others
from aifr.casebook.photo_changes import remove_photo
from aifr.casebook.photos import photos_of
from aifr.casebook.ranking import Filters, Probe, rank
from aifr.casebook.records.contract import FaceFilter, Query
from aifr.casebook.retention import retain
from aifr.casebook.review import list_matches, next_match, sealed_cases, sightings_near
from aifr.casebook.settling import unsettled
from aifr.casebook.sightings import SIGHTING_STATES, list_sightings, report_sighting
from aifr.casebook.staff import main as staff
from aifr.casebook.unfinished import embed_anew, finish_photos
from aifr.casebook.upgrade import upgrade
from aifr.recognition.calibration import PhotoFacts
from infra import firestore
from tests.casebook.conftest import (
    SETTINGS,
    a_case,
    a_sighted,
    embedded_home,
    ingest_all,
    pass_all,
    upload,
)
from tests.casebook.made import a_sighting, embedding_of, made_card, made_recognise, photo_of
from tests.served import ROOT

CASEBOOK = ROOT / "aifr"
EMBEDDING_SIZE = 512
Field = tuple[str, str]


@dataclass(frozen=True)
class Index:
    """fields: (path, direction | "contains" | "vector"), in their order."""

    kind: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Asked:
    """A question: equality fields, a list that must contain something, and the order."""

    kind: str
    equal: frozenset[str]
    contains: bool
    order: Field

    @property
    def needs_index(self) -> bool:
        """A field alone is indexed by itself."""
        return bool(self.equal) or self.contains


def indexes() -> list[Index]:
    """Those of infra/firestore.indexes.json."""
    return [
        Index(index["collectionGroup"], tuple(map(field_of, index["fields"])))
        for index in firestore.read_indexes()["indexes"]
    ]


def field_of(field: Mapping[str, Any]) -> Field:
    if "vectorConfig" in field:
        return field["fieldPath"], "vector"
    return field["fieldPath"], field.get("order", field.get("arrayConfig", "")).lower()


def is_served(asked: Asked, known: Sequence[Index]) -> bool:
    """Whether one index answers, or several of the same order that Firestore merges."""
    wanted = {(field, "ascending") for field in asked.equal}
    wanted |= {("words", "contains")} if asked.contains else set()
    covered: set[Field] = set()
    for index in known:
        first, last = set(index.fields[:-1]), index.fields[-1]
        if index.kind == asked.kind and last == asked.order and first <= wanted:
            covered |= first
    return covered == wanted


def is_searched(where: frozenset[str], known: Sequence[Index]) -> bool:
    """Whether a vector index has exactly these fields before the embedding; none are merged."""
    return any(
        index.kind == "faces"
        and index.fields[-1] == ("embedding", "vector")
        and {name for name, _ in index.fields[:-1]} == where
        for index in known
    )


def shape_of(query: Query) -> Asked:
    direction = "descending" if query.descending else "ascending"
    return Asked(
        query.kind, frozenset(query.equal), query.word is not None, (query.order, direction)
    )


def shape_of_filter(where: FaceFilter) -> frozenset[str]:
    named = {"sex": bool(where.sexes), "country": where.country is not None}
    return frozenset({"gallery", *(name for name, there in named.items() if there)})


@dataclass
class Heard:
    """What the casebook asked, and where in the sources: (file, line)."""

    queries: set[Asked]
    searches: set[frozenset[str]]
    places: set[tuple[Path, int]]


def everything_asked(home: Home) -> None:
    """Has the casebook ask all that it can ask."""
    card, records = made_card(), home.records
    case, sighting = a_case(home, "published"), a_sighted(home)
    for subject in (case, sighting):
        upload(home, subject, photo_of(1), 6)
        upload(home, subject, photo_of(1, 1), 7)
    ingest_all(home)
    pass_all(home, case)
    for state, names in itertools.product(get_args(CaseState), subsets(("country", "sex"))):
        for word in (None, "cluj"):
            list_cases(records, state, {name: "x" for name in names}, word, None, 5)
    for names, word in itertools.product(subsets(("state", "country", "sex")), (None, "cluj")):
        list_waiting(records, {name: "x" for name in names}, word, None, 5)
    others(records, True, ()), upgrade(records)
    blind, open_eyed = reviewer_of("someone"), reviewer_of("someone", blind=False)
    for state, names in itertools.product(MATCH_STATES, subsets(("case", "sighting"))):
        list_matches(records, blind, state, {name: "x" for name in names}, None, 5)
    for seen in SIGHTING_STATES:
        list_sightings(records, seen, None, 5)
    for sex, country in itertools.product((None, "female"), (None, "RO")):
        probe = Probe(embedding_of(1).astype(np.float32), PhotoFacts(9, {}, ()))
        rank(records, probe, card, Filters(sex, country), 5)
    next_match(records, blind), next_match(records, open_eyed), waiting(records), held(records)
    sealed_cases(records, blind, sightings_near(records, embedding_of(1), card.version))
    fill_the_windows(home)
    history(records, case), audit_check.check(records), audit_check.adopt(records)
    list_keys(records), revoke_keys(records, "nobody")
    finish_photos(home, made_recognise, card, SETTINGS)
    embed_anew(home, made_recognise, card, SETTINGS)
    for subject in (case, sighting):
        remove_photo(home, subject, photos_of(records, subject)[0].identity, "reporter")
        erase(home, subject, "reporter")
    retain(home, SETTINGS)
    unsettled(records)


def fill_the_windows(home: Home) -> None:
    """Has the queue's bounds asked for: of a sighting, of a sender's hour, of copies."""
    for take in (1, 2):
        seen, _ = report_sighting(home.records, a_sighting(), None, "public", batch="an hour")
        upload(home, seen.identity, photo_of(1), 7)
        upload(home, seen.identity, photo_of(2, take), 7)
    ingest_all(home)
    finish_photos(home, made_recognise, made_card(), SETTINGS)
    assert held(home.records)


def subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for count in range(len(names) + 1):
        yield from itertools.combinations(names, count)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """All that is asked, listened to where queries are made."""
    heard = Heard(set(), set(), set())

    def listening(kind: type, note: Any) -> Any:
        make = kind.__init__  # type: ignore[misc]

        def noted(self: Any, *values: Any, **named: Any) -> None:
            make(self, *values, **named)
            note(self)
            frame = sys._getframe(1)
            heard.places.add((Path(frame.f_code.co_filename), frame.f_lineno))

        return noted

    home = embedded_home(tmp_path_factory.mktemp("asked"))
    with pytest.MonkeyPatch.context() as patch:
        noted = listening(Query, lambda query: heard.queries.add(shape_of(query)))
        patch.setattr(Query, "__init__", noted)
        noted = listening(FaceFilter, lambda where: heard.searches.add(shape_of_filter(where)))
        patch.setattr(FaceFilter, "__init__", noted)
        everything_asked(home)
        patch.setattr("aifr.casebook.staff.home", lambda: home)
        patch.setattr(sys, "argv", ["staff", "list"])
        staff()
    yield heard
    home.records.close()


def test_no_query_of_the_sources_was_left_out(heard: Heard) -> None:
    made = [
        (path, call)
        for path in CASEBOOK.rglob("*.py")
        if path.parent.name != "records"
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("Query", "FaceFilter")
    ]

    silent = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call in made
        if not any(
            place == path and call.lineno <= line <= (call.end_lineno or call.lineno)
            for place, line in heard.places
        )
    ]
    assert len(made) > 10
    assert silent == []


def test_every_query_has_an_index(heard: Heard) -> None:
    known = indexes()

    assert {
        asked for asked in heard.queries if asked.needs_index and not is_served(asked, known)
    } == set()


def test_every_search_has_a_vector_index(heard: Heard) -> None:
    assert len(heard.searches) == 4
    assert {where for where in heard.searches if not is_searched(where, indexes())} == set()


def test_no_index_is_kept_for_nothing(heard: Heard) -> None:
    needed = [asked for asked in heard.queries if asked.needs_index]
    idle = []
    for index in indexes():
        others = [other for other in indexes() if other != index]
        if index.fields[-1][1] == "vector":
            used = not all(is_searched(where, others) for where in heard.searches)
        else:
            used = not all(is_served(asked, others) for asked in needed)
        if not used:
            idle.append(index)

    assert idle == []


def test_vector_indexes_have_the_size_of_the_models_embedding() -> None:
    card = json.loads((ROOT / "models" / "default" / "card.json").read_text())

    sizes = {
        field["vectorConfig"]["dimension"]
        for index in firestore.read_indexes()["indexes"]
        for field in index["fields"]
        if "vectorConfig" in field
    }

    assert sizes == {card["embedding_size"]}


def test_nothing_is_asked_by_a_field_that_is_not_indexed(heard: Heard) -> None:
    asked = {
        (query.kind, name) for query in heard.queries for name in {*query.equal, query.order[0]}
    }

    exempt = {
        (field["collectionGroup"], field["fieldPath"])
        for field in firestore.read_indexes()["fieldOverrides"]
    }
    assert asked & exempt == set()


def test_the_rules_allow_nobody_anything() -> None:
    lines = [line.partition("//")[0].strip() for line in firestore.RULES.read_text().splitlines()]

    assert [line for line in lines if line.startswith("allow")] == ["allow read, write: if false;"]
    assert "match /databases/{database}/documents {" in lines
    assert "match /{document=**} {" in lines
    assert "\n".join(lines).count("{") == "\n".join(lines).count("}")


def test_the_ruleset_holds_the_rules_and_they_can_be_read_back() -> None:
    assert firestore.content_of(firestore.ruleset()) == firestore.RULES.read_text()
    assert firestore.content_of("<html>") == firestore.content_of("{}") == ""


def test_options_are_those_of_the_file() -> None:
    options = list(firestore.composite_options())

    assert len(options) == len(indexes())
    vector = '--field-config=field-path=embedding,vector-config={"dimension":"512","flat":"{}"}'
    assert options[-1].endswith(vector)
    assert all(
        " --field-config=" in line and "--query-scope=collection" in line for line in options
    )
