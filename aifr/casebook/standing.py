"""The standing search: each newly embedded photo is compared with all that is there.

Whoever comes second finds the other, since a photo is searched for only after it can be found
itself. It runs where photos are ingested, never in a request.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from aifr.casebook.audit import Trail
from aifr.casebook.cases import CASES, Case
from aifr.casebook.faces import case_gallery, sighting_gallery
from aifr.casebook.identity import is_case
from aifr.casebook.matches import MATCHES, Match, Pair, match_identity
from aifr.casebook.moment import now
from aifr.casebook.photos import PHOTOS, Photo, photos_of
from aifr.casebook.ranking import photo_facts
from aifr.casebook.records.contract import Document, FaceFilter, IndexedFace, Records, Transaction
from aifr.casebook.sightings import SIGHTINGS, Sighting
from aifr.casebook.stored import as_document, as_record
from aifr.recognition.calibration import assess_pair
from aifr.recognition.card import Card

# Nearest photos looked at for each new one; the likelihood ratio may order them otherwise.
NEAREST = 100


def match_photo(records: Records, photo: Photo, card: Card, bar: float) -> list[str]:
    """Compares an embedded photo with the other side, queues what reaches `bar` (a likelihood
    ratio), and marks the photo as matched. Again, it changes nothing. Returns the matches' names.
    """
    faces = [face for face in records.faces(photo.subject) if face.photo == photo.identity]
    # A face that is in no gallery belongs to a draft or to something closed.
    pairs = [pair for face in faces if face.gallery for pair in _pairs(records, photo, face, card)]
    best = [pair for pair in best_of_each(pairs) if pair.likelihood_ratio >= bar]
    found = [_queue(records, pair, photo) for pair in best]
    records.transact(lambda transaction: _mark(transaction, photo))
    return [name for name in found if name]


def match_waiting(records: Records, subject: str, card: Card, bar: float) -> list[str]:
    """`match_photo` for every photo of a subject that still has to be."""
    return [
        name
        for photo in photos_of(records, subject)
        if photo.state == "embedded" and not photo.matched and photo.model == card.version
        for name in match_photo(records, photo, card, bar)
    ]


def _pairs(records: Records, photo: Photo, face: IndexedFace, card: Card) -> Iterator[Pair]:
    from_case = is_case(photo.subject)
    gallery = sighting_gallery(card.version) if from_case else case_gallery(card.version)
    neighbours = records.nearest(face.embedding, FaceFilter(gallery), NEAREST)
    documents = records.get_all(PHOTOS, [neighbour.photo for neighbour in neighbours])
    for neighbour in neighbours:
        # One that is not there was erased between the search and now.
        if neighbour.photo in documents:
            other = as_record(Photo, neighbour.photo, documents[neighbour.photo])
            of_case, of_sighting = (photo, other) if from_case else (other, photo)
            pair = pair_of(of_case, of_sighting, neighbour.similarity, card)
            if pair is not None:
                yield pair


def pair_of(of_case: Photo, of_sighting: Photo, similarity: float, card: Card) -> Pair | None:
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
    )


def best_of_each(pairs: Iterable[Pair]) -> list[Pair]:
    """The pair of greatest likelihood ratio of each sighting and case."""
    best: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        place = (pair.sighting, pair.case)
        if place not in best or better(pair, best[place]):
            best[place] = pair
    return list(best.values())


def better(pair: Pair, other: Pair) -> bool:
    """Whether a pair says more for one person; photos' names decide between equals, so that the
    order in which photos arrive does not.
    """
    return _order(pair) > _order(other)


def _order(pair: Pair) -> tuple[float, float, str, str]:
    return pair.likelihood_ratio, pair.similarity, pair.case_photo, pair.sighting_photo


def _queue(records: Records, pair: Pair, photo: Photo) -> str | None:
    """The name of the pair's match, made or improved; None where a side is gone or hidden, or the
    photo was changed since it was compared, which is matched again.
    """
    identity = match_identity(pair.sighting, pair.case)

    def work(transaction: Transaction) -> str | None:
        if not (_both_searched(transaction, pair) and _unchanged(transaction, photo)):
            return None
        there = transaction.get(MATCHES, identity)
        match = merged(identity, pair, as_record(Match, identity, there) if there else None)
        if there is None or match != as_record(Match, identity, there):
            trail = Trail(transaction, pair.case) if there is None else None
            transaction.put(MATCHES, identity, as_document(match))
            if trail:
                trail.append("system", "match found", [identity])
        return identity

    return records.transact(work)


def _both_searched(transaction: Transaction, pair: Pair) -> bool:
    case = transaction.get(CASES, pair.case)
    sighting = transaction.get(SIGHTINGS, pair.sighting)
    photos = [transaction.get(PHOTOS, name) for name in (pair.case_photo, pair.sighting_photo)]
    return (
        case is not None
        and sighting is not None
        and all(photo is not None and photo["state"] == "embedded" for photo in photos)
        and as_record(Case, pair.case, case).searched
        and as_record(Sighting, pair.sighting, sighting).searched
    )


def merged(identity: str, pair: Pair, there: Match | None) -> Match:
    """The match with this pair, if it is the better one. What a reviewer has answered is not
    changed any more.
    """
    if there is None:
        moment = now()
        return Match(**vars(pair), identity=identity, created=moment, updated=moment)
    same_photos = (there.case_photo, there.sighting_photo) == (pair.case_photo, pair.sighting_photo)
    if there.answers or not (same_photos or better(pair, there)):
        return there
    changed = replace(there, **vars(pair))
    return there if changed == there else replace(changed, updated=now())


def _mark(transaction: Transaction, photo: Photo) -> None:
    """Unless it was changed in the meantime, which is matched again."""
    document = _unchanged(transaction, photo)
    if document is not None:
        transaction.put(PHOTOS, photo.identity, {**document, "matched": True})


def _unchanged(transaction: Transaction, photo: Photo) -> Document | None:
    """The photo's document, None where the photo was changed or erased since."""
    document = transaction.get(PHOTOS, photo.identity)
    same = document is not None and document["updated"] == photo.updated
    return document if same else None
