"""What a crash or a change of model left: photos that wait, and what nothing refers to."""

from collections.abc import Iterator
from dataclasses import replace

from tqdm import tqdm

from aifr.casebook.home import Home
from aifr.casebook.ingestion import Recognise, kept_copy, look, outdated
from aifr.casebook.loops import each_alone, exhaust
from aifr.casebook.moment import days_ago, now
from aifr.casebook.photos import PHOTOS, Photo, object_name
from aifr.casebook.records.contract import Query, Records, Scalar
from aifr.casebook.records.everything import find_all
from aifr.casebook.settling import clear
from aifr.casebook.standing import match_photo
from aifr.casebook.stored import as_document, as_record
from aifr.casebook.windows import release_all
from aifr.casebook.withdrawn import subjects_withdrawn
from aifr.errors import ObjectMissing
from aifr.recognition.card import Card
from aifr.settings import Settings

# A photo younger than this may be on its way.
HOUR = 1 / 24


def all_photos(
    records: Records, equal: dict[str, Scalar], older: str | None = None
) -> Iterator[Photo]:
    """Photos that fit, the oldest first, page by page; older: created before this moment."""
    for found in find_all(records, Query(PHOTOS, equal, below=older)):
        yield as_record(Photo, found.identity, found.document)


def finish_photos(home: Home, recognise: Recognise, card: Card, settings: Settings) -> None:
    """Takes up photos that were left pending or unmatched, and matches of what is gone, or held; a
    photo whose bytes are lost is rejected.
    """

    def finish(photo: Photo) -> None:
        if not _incoming(home, photo):
            again(home, photo, recognise, card, settings)

    def match(photo: Photo) -> None:
        match_photo(home.records, photo, card, settings.match_bar)

    def tidy(subject: str) -> None:
        clear(home.records, subject)

    exhaust(each_alone(subjects_withdrawn(home.records), tidy))
    exhaust(each_alone(all_photos(home.records, {"state": "pending"}, days_ago(HOUR)), finish))
    unmatched = all_photos(home.records, {"state": "embedded", "matched": False})
    exhaust(each_alone(unmatched, match))
    release_all(home.records)


def again(
    home: Home, photo: Photo, recognise: Recognise, card: Card, settings: Settings
) -> Photo | None:
    """Embeds a photo from its kept copy, and matches it."""
    data = kept_copy(home, photo, settings)
    if data is None:
        return _lost(home, photo)
    done = look(home, photo, data, recognise, card, settings)
    if done is not None and done.state == "embedded" and not done.matched:
        match_photo(home.records, done, card, settings.match_bar)
    return done


def _incoming(home: Home, photo: Photo) -> bool:
    try:
        home.incoming.stat(object_name(photo.subject, photo.identity))
    except ObjectMissing:
        return False
    return True


def _lost(home: Home, photo: Photo) -> Photo:
    message = "The photo did not arrive; send it again."
    lost = replace(photo, state="rejected", reason="object_missing", message=message, updated=now())
    home.records.transact(
        lambda transaction: transaction.put(PHOTOS, photo.identity, as_document(lost))
    )
    return lost


def embed_anew(home: Home, recognise: Recognise, card: Card, settings: Settings) -> int:
    """Embeds every photo of another version of the model; how many there were. Again, it goes on
    where it stopped.
    """

    def late(photo: Photo) -> bool:
        return outdated(photo, card)

    total = home.records.count(PHOTOS, {"state": "embedded"})
    done = home.records.count(PHOTOS, {"state": "embedded", "model": card.version})
    count = 0
    with tqdm(total=total, initial=done, desc="photos", disable=None) as bar:
        old = (photo for photo in all_photos(home.records, {"state": "embedded"}) if late(photo))
        for _ in each_alone(old, lambda photo: again(home, photo, recognise, card, settings)):
            count += 1
            bar.update()
    return count
