"""Corrections of what a case says.

What is told of a verified or published case changes nothing that the public or a search sees until
a reviewer has passed it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aifr.casebook.audit import Trail
from aifr.casebook.cases import Case, case_words, get_case, require_open, require_revision
from aifr.casebook.forms import require_age
from aifr.casebook.moment import now
from aifr.casebook.photo_changes import writing
from aifr.casebook.photos import photos_of, touched
from aifr.casebook.records.contract import Records, Transaction
from aifr.casebook.secrets import PRIVATE


def correct_case(
    records: Records,
    identity: str,
    changes: Mapping[str, Any],
    actor: str,
    directly: bool = False,
    private: Mapping[str, Any] | None = None,
    revision: int | None = None,
) -> Case:
    """Changes what a case says, and of its private part `contact` and `full_name`, which nobody has
    to review. Of a verified or published case the rest waits, unless it is said `directly`, by the
    one who could pass it.

    Raises NotFound, RevisionMoved, what `require_age` raises, and CaseClosed for all but the
    private part of a closed case.
    """

    def work(transaction: Transaction) -> Case:
        case = get_case(transaction, identity)
        require_revision(case, revision)
        if changes:
            require_open(case)
        kept = transaction.get(PRIVATE, identity)
        after = told(case, changes, actor, directly or not case.searched)
        details = sorted([*changes, *(private or {})])
        photos = photos_of(transaction, identity)
        if after != case:
            after = touched(after, photos)
            if directly and case.searched:
                after = replace(after, reviewed=after.revision)
        write = writing(transaction, after, photos, photos)
        trail = Trail(transaction, identity)
        write()
        if private:
            transaction.put(PRIVATE, identity, {**(kept or {}), **private})
        trail.append(actor, "case corrected", details)
        return after

    return records.transact(work)


def told(case: Case, changes: Mapping[str, Any], actor: str, directly: bool) -> Case:
    """The case with these changes, or with these waiting; what is as it was is none."""
    proposed = {name: said for name, said in case.proposed.items() if name not in changes}
    waiting = {name: said["value"] for name, said in proposed.items()}
    require_age(replace(case, **{**waiting, **changes}))
    refused = {name: said for name, said in case.refused.items() if name not in changes}
    kept = replace(case, proposed=proposed, refused=refused)
    if directly:
        kept = replace(kept, **changes)
        return replace(kept, words=case_words(kept))
    news = {name: value for name, value in changes.items() if value != getattr(case, name)}
    for name, value in news.items():
        # Who says the same again has not said it first.
        same = name in case.proposed and case.proposed[name]["value"] == value
        proposed[name] = case.proposed[name] if same else {"value": value, "by": actor, "at": now()}
    return replace(kept, proposed=proposed)
