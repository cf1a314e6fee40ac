"""Cases: reported, verified, published, closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aifr.casebook.audit import Trail
from aifr.casebook.faces import refiling
from aifr.casebook.identity import CASE, derived_identity, digest, new_identity
from aifr.casebook.moment import now
from aifr.casebook.records.contract import Document, Query, Records, Transaction
from aifr.casebook.secrets import PRIVATE, secret_from
from aifr.casebook.stored import as_document, as_record, as_records
from aifr.casebook.tombstones import refuse_erased
from aifr.casebook.words import words_of
from aifr.errors import Conflict, NotFound

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


@dataclass(frozen=True)
class Case(Report):
    """reporter: who reported it, "reporter" or "partner:NAME". owner: whose key opens it, that of a
    partner (identity) or of staff (actor), "" where a secret does. reason: of the last change of
    state. words: what a text search finds it by. Moments are ISO 8601, UTC.
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
    key: str | None = None,
) -> tuple[Case, str]:
    """A draft and the secret that opens it; with the same `key` (the caller's own, secret and
    unique) again the same case.
    """
    identity = derived_identity(CASE, CASE, key) if key else new_identity(CASE)
    secret = secret_from(identity, key)
    private = {
        "contact": vars(contact),
        "full_name": full_name,
        "secret": digest(secret),
        "consent": now(),
    }
    case = records.transact(
        lambda transaction: open_case(transaction, identity, report, private, reporter)
    )
    return case, secret


def open_case(
    transaction: Transaction,
    identity: str,
    report: Report,
    private: Document,
    reporter: str,
    owner: str = "",
) -> Case:
    """The case of this identity, opened as a draft unless it is there."""
    refuse_erased(transaction, identity)
    there = transaction.get(CASES, identity)
    if there is not None:
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


def correct_case(
    records: Records,
    identity: str,
    changes: Mapping[str, Any],
    actor: str,
    staff: bool,
    private: Mapping[str, Any] | None = None,
) -> Case:
    """Changes what a case says, and of its private part `contact` and `full_name`. What anyone but
    staff corrects of the public part makes it a draft again, until a reviewer has looked.

    Raises NotFound, and Conflict for a closed case.
    """

    def work(transaction: Transaction) -> Case:
        case = get_case(transaction, identity)
        kept = transaction.get(PRIVATE, identity)
        if case.state == "closed":
            raise Conflict("The case is closed.")
        state = "draft" if changes and not staff else case.state
        corrected = replace(case, **changes, state=state, updated=now())
        corrected = replace(corrected, words=case_words(corrected))
        details = sorted([*changes, *(private or {})])
        _write(transaction, case, corrected, actor, "case corrected", details)
        if private:
            transaction.put(PRIVATE, identity, {**(kept or {}), **private})
        return corrected

    return records.transact(work)


def change_state(
    records: Records, identity: str, state: CaseState, reason: str, actor: str
) -> Case:
    """Takes a case to another state; raises NotFound, and Conflict where that state cannot follow.

    The faces of a case that is searched from now on still have to be matched (`settling.settle`).
    """

    def work(transaction: Transaction) -> Case:
        case = get_case(transaction, identity)
        if case.state == state:
            return case
        if state not in FOLLOWING[case.state]:
            raise Conflict(f"A case that is {case.state} cannot become {state}.")
        published = case.published or now() if state == "published" else case.published
        changed = replace(case, state=state, reason=reason, published=published, updated=now())
        return _write(transaction, case, changed, actor, f"case {state}", [])

    return records.transact(work)


def _write(
    transaction: Transaction, before: Case, after: Case, actor: str, action: str, details: list[str]
) -> Case:
    trail = Trail(transaction, after.identity)
    refile = refiling(transaction, after, match_again=after.searched > before.searched)
    transaction.put(CASES, after.identity, as_document(after))
    refile()
    trail.append(actor, action, details)
    return after
