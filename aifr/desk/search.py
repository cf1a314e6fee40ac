"""The answers of the function `search` about sightings, and searches with photos."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from flask import Response

from aifr.answers import facts
from aifr.casebook.cases import SEXES
from aifr.casebook.forms import (
    CONTACT_FIELDS,
    OLDEST,
    SEEN_FIELDS,
    seen_of,
    sighting_contact_of,
)
from aifr.casebook.home import home
from aifr.casebook.limits import batch_of
from aifr.casebook.photos import Photo, photos_of
from aifr.casebook.ranking import Filters, Probe, photo_facts, rank
from aifr.casebook.review import sealed_cases, sightings_near
from aifr.casebook.sightings import (
    SIGHTING_STATES,
    Sighting,
    change_sighting_state,
    get_sighting,
    list_sightings,
    report_sighting,
)
from aifr.desk.budgets import address_of
from aifr.desk.cases import contact_view
from aifr.desk.erasing import erase_subject
from aifr.desk.forms import repeat_of
from aifr.desk.matches import this_reviewer
from aifr.desk.opening import new_secret
from aifr.desk.paging import cursor_of, limit_of, next_cursor
from aifr.desk.photos import cleaned, keep_photo, match_again, photo_form, show_photo
from aifr.desk.views import candidate_view, own_sighting, receipt_view, sighting_view
from aifr.endpoint.body import Form, read_json
from aifr.endpoint.query import flag, option
from aifr.endpoint.routes import Call
from aifr.endpoint.uploads import Upload, many_uploads
from aifr.errors import Conflict, TooManyFiles
from aifr.fields import country, one_of, refuse_unknown, text, whole
from aifr.recognition.compare import template
from aifr.serving import recognise_upload, serving_card
from aifr.settings import settings
from aifr.stages import stage

MOST_SIGHTING_PHOTOS = 5
CONTACTS = tuple(f"contact_{name}" for name in CONTACT_FIELDS)


def report(call: Call) -> dict[str, Any]:
    """POST: a receipt, and nothing about anyone."""
    form, fields = photo_form(call.request, (*SEEN_FIELDS, *CONTACTS))
    seen, contact = seen_of(fields), sighting_contact_of(fields)
    uploads = few_uploads(form)
    # A photo that cannot be used is refused before anything is kept.
    clean = [cleaned(upload) for upload in uploads]
    actor, repeat = call.caller.actor, repeat_of(call, fields, uploads)
    records, owner = home().records, call.caller.owner
    sender = actor if call.caller.name else address_of(call.request, settings())
    batch = batch_of(records, sender)
    sighting, secret = report_sighting(records, seen, contact, actor, repeat, batch, owner)
    for upload, copy in zip(uploads, clean, strict=True):
        keep_photo(sighting.identity, upload, copy, seen.age, None, actor)
    return receipt_view(sighting, secret)


def few_uploads(form: Form) -> list[Upload]:
    """The photos of one person; raises TooManyFiles and what `many_uploads` raises."""
    uploads = many_uploads(form, "photo", settings())
    if len(uploads) > MOST_SIGHTING_PHOTOS:
        raise TooManyFiles(f"{MOST_SIGHTING_PHOTOS} photos at most.", "photo")
    return uploads


def list_all(call: Call) -> dict[str, Any]:
    """GET: sightings of a state, the newest first."""
    state = option(call.request, "state", SIGHTING_STATES)
    after, limit = cursor_of(call, "created"), limit_of(call.request)
    page = list_sightings(home().records, state, after, limit)
    return {
        "sightings": [show_sighting(sighting.identity) for sighting in page],
        "cursor": next_cursor(call, page, limit, "created"),
    }


def show_sighting(identity: str) -> dict[str, Any]:
    """A sighting with its photos, to staff; raises NotFound."""
    return sighting_view(*sighting_and_photos(identity))


def sighting_and_photos(identity: str) -> tuple[Sighting, list[Photo]]:
    """A sighting, and its photos; raises NotFound."""
    records = home().records
    return get_sighting(records, identity), photos_of(records, identity)


def read(call: Call) -> dict[str, Any]:
    """GET: one sighting."""
    show = sighting_view if call.caller.staff else own_sighting
    return show(*sighting_and_photos(call.arguments["sighting"]))


def change(call: Call) -> dict[str, Any]:
    """POST state, reason."""
    content = read_json(call.request)
    refuse_unknown(content, ("state", "reason"))
    state = one_of(content, "state", SIGHTING_STATES)
    reason = text(content, "reason", 500, required=True)
    identity = call.arguments["sighting"]
    sighting = change_sighting_state(home().records, identity, state, reason, call.caller.actor)
    if sighting.searched:
        match_again(identity)
    return show_sighting(identity)


def remove(call: Call) -> dict[str, Any]:
    """DELETE: erased everywhere, with proof."""
    return erase_subject(call.arguments["sighting"], call.caller)


def secret(call: Call) -> dict[str, Any]:
    """POST: another secret in place of the one that opened the sighting."""
    return new_secret(call.arguments["sighting"], call.caller)


def contact(call: Call) -> dict[str, Any]:
    """GET: how to reach who saw somebody."""
    return contact_view(call.arguments["sighting"])


def photo(call: Call) -> Response:
    """GET: the photo itself."""
    return show_photo(call.arguments["sighting"], call.arguments["photo"])


def candidates(call: Call) -> dict[str, Any]:
    """GET: the cases most like a sighting, ranked."""
    sighting = get_sighting(home().records, call.arguments["sighting"])
    version = serving_card().version
    kept = photos_of(home().records, sighting.identity)
    photos = {photo.identity: photo for photo in kept if photo.model == version}
    faces = [face for face in home().records.faces(sighting.identity) if face.photo in photos]
    if not faces:
        raise Conflict("No photo of the sighting is embedded yet.")
    weights = np.array([face.weight for face in faces])
    best = photos[faces[int(weights.argmax())].photo]
    embedding = template(np.stack([face.embedding for face in faces]), weights)
    probe = Probe(embedding, photo_facts(best), int(sighting.seen_on[:4]))
    return ranked(call, probe, (sighting.identity,))


def probe(call: Call) -> dict[str, Any]:
    """POST photo, age: the cases most like photos that are not kept."""
    form, fields = photo_form(call.request, ("age",))
    age = whole(fields, "age", 0, OLDEST)
    seen = [recognise_upload(upload, "largest") for upload in few_uploads(form)]
    weights = np.array([photo.weight for photo in seen])
    best = seen[int(weights.argmax())]
    embedding = template(np.stack([photo.embedding for photo in seen]), weights)
    return ranked(call, Probe(embedding, facts(best, age), date.today().year))


def ranked(call: Call, probe: Probe, sightings: Sequence[str] = ()) -> dict[str, Any]:
    """The answer to a search; ?limit=, ?sex=, ?country=, ?age_window=. sightings: that the probe is
    of. Left out are cases with a match that waits for this reviewer, of one of these sightings or
    of another that shows the same photo.
    """
    request, records, version = call.request, home().records, serving_card().version
    filters = Filters(
        sex=option(request, "sex", SEXES[::-1]),
        country=country(request.args, "country", "country" in request.args) or None,
        window=flag(request, "age_window"),
    )
    with stage("search"):
        near = sightings_near(records, probe.embedding, version)
        sealed = sealed_cases(records, this_reviewer(call), {*sightings, *near})
        ranking = rank(records, probe, serving_card(), filters, limit_of(request), sealed)
    return {
        "model": version,
        "compared": {"faces": ranking.compared},
        "sealed": len(sealed),
        "candidates": [
            candidate_view(each, photos_of(records, each.case.identity))
            for each in ranking.candidates
        ],
    }
