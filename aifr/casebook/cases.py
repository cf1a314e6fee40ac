"""Cases: reported, verified, published, closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from aifr.casebook.audit import Trail
from aifr.casebook.identity import CASE
from aifr.casebook.moment import now
from aifr.casebook.records.contract import Document, Query, Records, Transaction
from aifr.casebook.secrets import PRIVATE, Repeat, opening, refuse_other_body
from aifr.casebook.stored import as_document, as_record, as_records
from aifr.casebook.tombstones import refuse_erased
from aifr.casebook.words import words_of
from aifr.errors import CaseClosed, NotFound, RevisionMoved

CASES = "cases"
CaseState = Literal["draft", "verified", "published", "closed"]
Sex = Literal["female", "male", "unknown"]
STATES: tuple[CaseState, ...] = ("draft", "verified", "published", "closed")
SEXES: tuple[Sex, ...] = ("female", "male", "unknown")
# Which state may follow which.
FOLLOWING: Mapping[CaseState, frozenset[CaseState]] = {
    "draft": frozenset({"verified", "closed"}),
    "verified": frozenset({"published", "draft", "closed"}),
    "published": frozenset({"verified", "draft", "closed"}),
    "closed": frozenset({"verified"}),
}
SEARCHED = frozenset({"verified", "published"})


@dataclass(frozen=True)
class Report:
    """What a case says of a person: `name` as the public will see it, `country` as ISO 3166-1
    alpha-2, missing_since as YYYY-MM-DD. One of birth_year and age_missing (years) is known.
    """

    name: str
    sex: Sex
    country: str
    birth_year: int | None
    age_missing: int | None
    missing_since: str
    place: str
    description: str


REPORT_FIELDS = tuple(field.name for field in fields(Report))


@dataclass(frozen=True)
class Case(Report):
    """What it says of the person is what a reviewer saw last; of a draft, what was told.

    reporter: who reported it, "reporter" or "partner:NAME". owner: whose key opens it, that of a
    partner (identity) or of staff (actor), "" where a secret does. reason: of the last change of
    state.
    words: what a text search finds it by. revision: moves with every change; reviewed: the revision
    that the public sees, 0 for none. verified_by: the actor who did. proposed: field -> value, by,
    at, of corrections that wait for a reviewer. refused: field -> value, reason, at. removed: photo
    and at, of passed photos that were erased since a reviewer looked. waiting: whether there is
    anything for a reviewer. Moments are ISO 8601, UTC.
    """

    identity: str
    state: CaseState
    reporter: str
    created: str
    updated: str
    published: str | None = None
    reason: str = ""
    words: list[str] = field(default_factory=list)
    owner: str = ""
    revision: int = 1
    reviewed: int = 0
    verified_by: str = ""
    proposed: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: list[dict[str, str]] = field(default_factory=list)
    waiting: bool = False

    @property
    def searched(self) -> bool:
        """Whether its faces take part in searches."""
        return self.state in SEARCHED

    @property
    def born(self) -> int:
        """The year of birth, as well as it is known."""
        if self.birth_year is not None:
            return self.birth_year
        return int(self.missing_since[:4]) - (self.age_missing or 0)


@dataclass(frozen=True)
class Contact:
    """How to reach who reported; never public."""

    name: str
    email: str
    phone: str
    relation: str


def report_case(
    records: Records,
    report: Report,
    contact: Contact,
    full_name: str,
    reporter: str,
    repeat: Repeat | None = None,
    owner: str = "",
) -> tuple[Case, str | None]:
    """A draft, and the secret that opens it where no `owner` does; repeated, the same ones, but no
    secret that was changed since. Raises KeyReused, and Conflict for what was erased.
    """
    opened = opening(CASE, repeat, by_secret=not owner)
    contact_and_name = {"contact": vars(contact), "full_name": full_name, "consent": now()}
    private = {**contact_and_name, **opened.kept}
    case = records.transact(
        lambda transaction: open_case(
            transaction, opened.identity, report, private, reporter, owner
        )
    )
    return case, opened.told(records.get(PRIVATE, case.identity))


def open_case(
    transaction: Transaction,
    identity: str,
    report: Report,
    private: Document,
    reporter: str,
    owner: str = "",
) -> Case:
    """The case of this identity, opened as a draft unless it is there; raises as `report_case`."""
    refuse_erased(transaction, identity)
    there = transaction.get(CASES, identity)
    if there is not None:
        refuse_other_body(transaction, identity, private)
        return as_record(Case, identity, there)
    moment = now()
    case = Case(
        **vars(report),
        identity=identity,
        state="draft",
        reporter=reporter,
        created=moment,
        updated=moment,
        words=case_words(report),
        owner=owner,
    )
    trail = Trail(transaction, identity)
    transaction.put(CASES, identity, as_document(case))
    transaction.put(PRIVATE, identity, private)
    trail.append(reporter, "case reported")
    return case


def case_words(report: Report) -> list[str]:
    """What a text search finds a case by."""
    return words_of(report.name, report.place, report.description)


def get_case(reader: Records | Transaction, identity: str) -> Case:
    """A case; raises NotFound."""
    document = reader.get(CASES, identity)
    if document is None:
        raise NotFound("There is no such case.")
    return as_record(Case, identity, document)


def require_open(case: Case) -> None:
    """Raises CaseClosed for a closed case."""
    if case.state == "closed":
        raise CaseClosed("The case is closed, and is not changed any more.")


def require_revision(case: Case, revision: int | None) -> None:
    """Raises RevisionMoved where a revision is named that is not the case's."""
    if revision is not None and revision != case.revision:
        raise RevisionMoved(f"The case has changed: it is at revision {case.revision}.", "revision")


def list_waiting(
    records: Records,
    filters: Mapping[str, Any],
    word: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Case]:
    """Cases with something for a reviewer, the oldest first."""
    query = Query(CASES, {"waiting": True, **filters}, word=word, after=after, limit=limit)
    return as_records(Case, records.find(query))


def list_cases(
    records: Records,
    state: CaseState,
    filters: Mapping[str, Any],
    word: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Case]:
    """Published cases, the newest first; those of any other state, the oldest first."""
    newest_first = state == "published"
    query = Query(
        CASES,
        {"state": state, **filters},
        order=list_order(state),
        descending=newest_first,
        word=word,
        after=after,
        limit=limit,
    )
    return as_records(Case, records.find(query))


def list_order(state: CaseState) -> str:
    """The field that a list of cases of this state is ordered by."""
    return "published" if state == "published" else "created"
