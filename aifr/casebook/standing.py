"""The standing search: each newly embedded photo is compared with all that is there.

Whoever comes second finds the other, since a photo is searched for only after it can be found
itself. It runs where photos are ingested, never in a request.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from aifr.casebook.audit import Trail
from aifr.casebook.cases import CASES, Case
from aifr.casebook.decisions import Match, Pair, better, merged, standing
from aifr.casebook.faces import case_gallery, put_unmatched, sighting_gallery
from aifr.casebook.identity import is_case
from aifr.casebook.matches import MATCHES, as_match, match_identity
from aifr.casebook.moment import now
from aifr.casebook.photos import PHOTOS, Photo, passed, photos_of
from aifr.casebook.ranking import photo_facts
from aifr.casebook.records.contract import (
    Document,
    FaceFilter,
    IndexedFace,
    Records,
    Transaction,
)
from aifr.casebook.sightings import SIGHTINGS, Sighting
from aifr.casebook.stored import as_document, as_record
from aifr.casebook.windows import admitted
from aifr.recognition.calibration import assess_pair
from aifr.recognition.card import Card

# Nearest photos looked at for each new one; the likelihood ratio may order them otherwise.
NEAREST = 100
# Two photos of one person taken on different days stay below 0.91 (FG-NET dev, 498 photos); of
# copies saved anew, half as large or mirrored about four in five are above. docs/casebook.md.
COPY = 0.98


def match_photo(records: Records, photo: Photo, card: Card, bar: float) -> list[str]:
    """Compares an embedded photo with the other side, queues what reaches `bar` (a likelihood
    ratio), and marks the photo as matched. Again, it changes nothing. Returns the matches' names.
    """
    faces = [face for face in records.faces(photo.subject) if face.photo == photo.identity]
    # A face that is in no gallery belongs to a draft or to something closed.
    alike = [each for face in faces if face.gallery for each in _alike(records, photo, face, card)]
    copies = _copies(photo, alike)
    pairs = [pair for each in alike if (pair := _pair_of(photo, *each, copies, card)) is not None]
    best = [pair for pair in best_of_each(pairs) if pair.likelihood_ratio >= bar]
    # In an order that tells nothing of likeness: matches are listed by when they were made.
    names = [
        _queue(records, pair, photo) for pair in sorted(best, key=lambda pair: _identity(pair))
    ]
    records.transact(lambda transaction: _mark(transaction, photo, copies))
    again = [other for other, _ in alike if other.identity in copies and not other.copy]
    found = [name for name in names if name]
    return found + [name for other in again for name in _anew(records, other, card, bar)]


def match_waiting(records: Records, subject: str, card: Card, bar: float) -> list[str]:
    """`match_photo` for every photo of a subject that still has to be."""
    return [
        name
        for photo in photos_of(records, subject)
        if photo.state == "embedded" and not photo.matched and photo.model == card.version
        for name in match_photo(records, photo, card, bar)
    ]


def _alike(
    records: Records, photo: Photo, face: IndexedFace, card: Card
) -> list[tuple[Photo, float]]:
    """The nearest photos of the other side, each with its similarity; the most similar first."""
    gallery = sighting_gallery if is_case(photo.subject) else case_gallery
    neighbours = records.nearest(face.embedding, FaceFilter(gallery(card.version)), NEAREST)
    documents = records.get_all(PHOTOS, [neighbour.photo for neighbour in neighbours])
    return [
        (as_record(Photo, each.photo, documents[each.photo]), each.similarity)
        for each in neighbours
        # One that is not there was erased between the search and now.
        if each.photo in documents
    ]


def _copies(photo: Photo, alike: Iterable[tuple[Photo, float]]) -> set[str]:
    """Photos of sightings, of this one and those alike, that are copies of a photo of a case."""
    near = [other for other, similarity in alike if similarity >= COPY]
    if is_case(photo.subject):
        return {other.identity for other in near}
    return {photo.identity} if near or photo.copy else set()


def _pair_of(
    photo: Photo, other: Photo, similarity: float, copies: Collection[str], card: Card
) -> Pair | None:
    of_case, of_sighting = (photo, other) if is_case(photo.subject) else (other, photo)
    copy = of_sighting.copy or of_sighting.identity in copies
    return pair_of(of_case, of_sighting, similarity, copy, card)


def pair_of(
    of_case: Photo, of_sighting: Photo, similarity: float, copy: bool, card: Card
) -> Pair | None:
    """What may be said of two photos; None for a model without calibration, whose similarities
    nobody can weigh.
    """
    said = assess_pair(similarity, photo_facts(of_case), photo_facts(of_sighting), card.calibration)
    if said is None:
        return None
    return Pair(
        case=of_case.subject,
        sighting=of_sighting.subject,
        case_photo=of_case.identity,
        sighting_photo=of_sighting.identity,
        similarity=similarity,
        likelihood_ratio=said.likelihood_ratio,
        age_gap=said.age_gap,
        reliability=said.reliability,
        reliability_reasons=list(said.reasons),
        reading=said.reading,
        model=card.version,
        copy=copy,
    )


def best_of_each(pairs: Iterable[Pair]) -> list[Pair]:
    """The pair of greatest likelihood ratio of each sighting and case."""
    best: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        place = (pair.sighting, pair.case)
        if place not in best or better(pair, best[place]):
            best[place] = pair
    return list(best.values())


def _identity(pair: Pair) -> str:
    return match_identity(pair.sighting, pair.case)


def _queue(records: Records, pair: Pair, photo: Photo) -> str | None:
    """The name of the pair's match, made or improved; None where a side is gone or hidden, or the
    photo was changed since it was compared, which is matched again.
    """
    identity = _identity(pair)

    def work(transaction: Transaction) -> str | None:
        sighting = transaction.get(SIGHTINGS, pair.sighting)
        if sighting is None or not _both_searched(transaction, pair, sighting):
            return None
        if _unchanged(transaction, photo) is None:
            return None
        there = transaction.get(MATCHES, identity)
        before = as_match(identity, there) if there else None
        match = merged(before, pair, now()) if before else _new(pair, sighting)
        if match != before:
            _write(transaction, before, match)
        return identity

    return records.transact(work)


def _new(pair: Pair, sighting: Document) -> Match:
    moment = now()
    batch = sighting.get("batch", "")
    return Match(
        **vars(pair), identity=_identity(pair), created=moment, updated=moment, batch=batch
    )


def _write(transaction: Transaction, before: Match | None, match: Match) -> None:
    changed = [match] if standing(match) else admitted(transaction, match)
    trail = Trail(transaction, match.case)
    for each in changed:
        transaction.put(MATCHES, each.identity, as_document(each))
    if before is None:
        trail.append("system", "match found", [match.identity])
    elif before.round != match.round:
        trail.append("system", "match renewed", [match.identity])


def _both_searched(transaction: Transaction, pair: Pair, sighting: Document) -> bool:
    case = transaction.get(CASES, pair.case)
    of_case, of_sighting = (
        as_record(Photo, name, document) if (document := transaction.get(PHOTOS, name)) else None
        for name in (pair.case_photo, pair.sighting_photo)
    )
    if not (case and of_case and of_sighting):
        return False
    reported = as_record(Case, pair.case, case)
    return (
        of_case.state == of_sighting.state == "embedded"
        and reported.searched
        and passed(reported, of_case)
        and as_record(Sighting, pair.sighting, sighting).searched
    )


def _mark(transaction: Transaction, photo: Photo, copies: Collection[str]) -> None:
    """Unless it was changed in the meantime, which is matched again."""
    document = _unchanged(transaction, photo)
    if document is not None:
        copy = photo.copy or photo.identity in copies
        transaction.put(PHOTOS, photo.identity, {**document, "matched": True, "copy": copy})


def _unchanged(transaction: Transaction, photo: Photo) -> Document | None:
    """The photo's document, None where the photo was changed or erased since."""
    document = transaction.get(PHOTOS, photo.identity)
    same = document is not None and document["updated"] == photo.updated
    return document if same else None


def _anew(records: Records, photo: Photo, card: Card, bar: float) -> list[str]:
    """Matches a sighting's photo of which it is known only now that it is a copy; the names."""

    def work(transaction: Transaction) -> None:
        if _unchanged(transaction, photo) is not None:
            put_unmatched(transaction, replace(photo, copy=True))

    records.transact(work)
    return match_waiting(records, photo.subject, card, bar)
