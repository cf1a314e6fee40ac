"""Photos over HTTP, of cases and of sightings alike."""

import re
import secrets
from collections.abc import Collection, Iterator
from typing import Any

from flask import Request, Response

from aifr.casebook.cases import get_case, require_open
from aifr.casebook.forms import OLDEST, photo_changes_of
from aifr.casebook.home import home
from aifr.casebook.marks import mark
from aifr.casebook.photo_changes import correct_photo, ingest_again, remove_photo
from aifr.casebook.photos import (
    JPEG,
    Photo,
    add_photo,
    get_photo,
    photo_identity,
    photos_of,
    read_photo,
    refuse_more_photos,
)
from aifr.desk.admission import corrects_directly
from aifr.desk.forms import revision_of
from aifr.desk.views import case_photo, full_photo
from aifr.endpoint.body import Form, read_form, read_json, texts_of
from aifr.endpoint.errors import blaming
from aifr.endpoint.log import log_event
from aifr.endpoint.routes import Call
from aifr.endpoint.uploads import Upload, one_upload
from aifr.errors import StoreUnavailable
from aifr.fields import one_of, refuse_unknown, whole
from aifr.recognition.clean import clean_copy
from aifr.recognition.obscure import crop_around
from aifr.settings import settings
from aifr.stages import stage

KINDS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/tiff": "tiff",
}
UPLOAD_SECONDS = 900
SEVERAL = 2


def upload_photo(call: Call) -> dict[str, Any]:
    """POST photo, age, face: kept, and looked at a moment later."""
    form, fields = photo_form(call.request, ("age", "face"))
    upload = one_upload(form, "photo", settings())
    photo = keep_photo(
        call.arguments["case"],
        upload,
        cleaned(upload),
        whole(fields, "age", 0, OLDEST),
        whole(fields, "face", 0, 999),
        call.caller.actor,
    )
    return {"photo": photo.identity, "state": photo.state}


def keep_photo(
    subject: str, upload: Upload, clean: bytes, age: int | None, chosen: int | None, actor: str
) -> Photo:
    """Keeps the clean copy of an upload, named after what was uploaded; raises as `add_photo`."""
    identity = photo_identity(subject, upload.data)
    return add_photo(home(), subject, identity, clean, age, chosen, actor)


def cleaned(upload: Upload) -> bytes:
    """The copy of an upload that may be kept; raises what `clean_copy` does."""
    with blaming(upload.param), stage("decode"):
        return clean_copy(upload.data, settings())


def sign_upload(call: Call) -> dict[str, Any]:
    """POST content_type: where to send one file directly, and with which fields."""
    content = read_json(call.request)
    refuse_unknown(content, ("content_type",))
    kind = one_of(content, "content_type", tuple(KINDS), JPEG)
    case = call.arguments["case"]
    require_open(get_case(home().records, case))
    refuse_more_photos(photos_of(home().records, case))
    name = f"{case}/upload-{secrets.token_hex(8)}.{KINDS[kind]}"
    signed = home().incoming.signed_upload(name, kind, settings().max_file_bytes, UPLOAD_SECONDS)
    if signed is None:
        # A folder takes no uploads of its own: the ordinary route does.
        return {"url": re.sub("uploads/?$", "photos", call.request.base_url), "fields": {}}
    return {"url": signed.url, "fields": dict(signed.fields)}


def show_photo(subject: str, identity: str) -> Response:
    """The clean copy, as image/jpeg; raises NotFound and ObjectMissing."""
    photo = get_photo(home().records, subject, identity)
    return jpeg(read_photo(home(), photo, settings().max_body_bytes))


def show_public_photo(photo: Photo) -> Response:
    """What the public may see of a photo: all of it where it shows one person or a reviewer has
    said so, else the one who is meant, and nobody else.
    """
    clean = read_photo(home(), photo, settings().max_body_bytes)
    if photo.face is None or len(photo.faces) < SEVERAL or photo.whole:
        return jpeg(clean)
    # Made for each request, in 0.1 s at most: kept, it would be one more object to erase, and to
    # make anew with every face that is chosen.
    with stage("crop"):
        return jpeg(crop_around(clean, photo.faces, photo.face))


def jpeg(data: bytes) -> Response:
    """A response that carries a photo. Nobody keeps it: it may be erased at any moment."""

    def body() -> Iterator[bytes]:
        yield data

    response = Response(body(), 200, mimetype=JPEG)
    response.content_length = len(data)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def change_photo(call: Call) -> dict[str, Any]:
    """PATCH age, face."""
    identity, caller = call.arguments["case"], call.caller
    revision = revision_of(call.request)
    changes = photo_changes_of(read_json(call.request))
    directly = corrects_directly(caller, get_case(home().records, identity))
    photo = correct_photo(
        home(),
        identity,
        call.arguments["photo"],
        changes,
        caller.actor,
        settings().max_body_bytes,
        revision,
        directly,
    )
    match_again(identity)
    return case_photo(get_case(home().records, identity), photo, caller.staff)


def change_sighting_photo(call: Call) -> dict[str, Any]:
    """PATCH age, face, of a sighting's photo."""
    subject, identity = call.arguments["sighting"], call.arguments["photo"]
    changes = photo_changes_of(read_json(call.request))
    photo = correct_photo(
        home(), subject, identity, changes, call.caller.actor, settings().max_body_bytes
    )
    return full_photo(photo)


def erase_photo(call: Call) -> dict[str, Any]:
    """DELETE: with its embedding and what rests on it."""
    case, identity = call.arguments["case"], call.arguments["photo"]
    remove_photo(home(), case, identity, call.caller.actor, revision_of(call.request))
    match_again(case)
    return {"erased": {"photos": 1}}


def look_again(subject: str) -> None:
    """Has those photos of a subject looked at of which another face is meant from now on."""
    for photo in photos_of(home().records, subject):
        if photo.state == "pending" and photo.faces:
            ingest_again(home(), photo, settings().max_body_bytes)


def match_again(subject: str) -> None:
    """Has what was changed of a subject settled by ingestion, so that no caller waits for matches
    or can tell that there are any.
    """
    try:
        mark(home(), subject)
    except StoreUnavailable as problem:
        # The change is kept, and the sweep finds it.
        log_event("WARNING", "the sweep has to settle a subject", problem)


def photo_form(request: Request, texts: Collection[str]) -> tuple[Form, dict[str, str]]:
    """A multipart form of files named photo, and its text fields; raises as `texts_of`."""
    form = read_form(request, settings())
    return form, texts_of(form, texts, ("photo",))
