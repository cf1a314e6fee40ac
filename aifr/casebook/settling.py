"""What changes of a case or sighting leave to be done: matches that rest on what is gone are
removed, or marked where somebody has answered them, and photos that wait are matched.

What is to be done stands in the records (`withdrawn`, and photos that are not `matched`), so that
it may be begun again after a death at any point, and by several at a time.
"""

from aifr.casebook.decisions import UNDECIDED, Match, Side, without_photo
from aifr.casebook.faces import put_unmatched
from aifr.casebook.identity import is_case, is_subject
from aifr.casebook.matches import MATCHES, as_match
from aifr.casebook.moment import now
from aifr.casebook.photos import PHOTOS, photos_of
from aifr.casebook.records.contract import Found, Query, Records, Transaction
from aifr.casebook.records.everything import find_all
from aifr.casebook.standing import match_waiting
from aifr.casebook.stored import as_document
from aifr.casebook.windows import release
from aifr.casebook.withdrawn import WITHDRAWN, subjects_withdrawn, withdrawn_of
from aifr.recognition.card import Card


def settle(records: Records, subject: str, card: Card, bar: float) -> list[str]:
    """Leaves nothing to be done for a subject, erased or not; the names of matches found or
    improved. Again, it changes nothing.
    """
    clear(records, subject)
    return match_waiting(records, subject, card, bar)


def unsettled(records: Records) -> set[str]:
    """Subjects of which something is to be done."""
    photos = find_all(records, Query(PHOTOS, {"state": "embedded", "matched": False}))
    return {*subjects_withdrawn(records), *(photo.document["subject"] for photo in photos)}


def clear(records: Records, subject: str) -> int:
    """Settles the matches of what was withdrawn of a subject; how many. Its other photos are to be
    matched again, since one of them may be the next best.
    """
    count = 0
    while notes := withdrawn_of(records, subject):
        count += sum(_clear(records, note) for note in notes)
    return count


def _clear(records: Records, note: Found) -> int:
    resting = matches_on(note.identity, note.document["subject"])
    gone = [match.identity for match in find_all(records, resting)]
    for match in gone:
        _take_from(records, match, note)
    records.transact(lambda transaction: _done(transaction, note))
    return len(gone)


def _take_from(records: Records, identity: str, note: Found) -> None:
    """Removes a match of a subject that is gone, or of a photo unless somebody has answered it."""

    def work(transaction: Transaction) -> Match | None:
        document = transaction.get(MATCHES, identity)
        match = as_match(identity, document) if document else None
        left = None
        if match and not is_subject(note.identity):
            side: Side = "case_photo" if is_case(note.document["subject"]) else "sighting_photo"
            if getattr(match, side) != note.identity:
                # It goes on with another photo already.
                return None
            left = without_photo(match, side, now())
        if left:
            transaction.put(MATCHES, identity, as_document(left))
        else:
            transaction.delete(MATCHES, identity)
        return match

    before = records.transact(work)
    if before and before.state in UNDECIDED:
        release(records, before)


def matches_on(identity: str, subject: str) -> Query:
    """The matches that rest on a photo of a subject, or on the subject itself."""
    side = "case" if is_case(subject) else "sighting"
    if is_subject(identity):
        order, fields = "likelihood_ratio", {side: identity}
        return Query(MATCHES, fields, order=order, descending=True)
    return Query(MATCHES, {f"{side}_photo": identity})


def _done(transaction: Transaction, note: Found) -> None:
    """Unless the same was withdrawn once more in the meantime."""
    there = transaction.get(WITHDRAWN, note.identity)
    photos = photos_of(transaction, note.document["subject"])
    if there is None or there["ticket"] != note.document["ticket"]:
        return
    transaction.delete(WITHDRAWN, note.identity)
    for photo in photos:
        if photo.state == "embedded":
            put_unmatched(transaction, photo)
