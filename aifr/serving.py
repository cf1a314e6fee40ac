"""Uploaded photos through the model of this process."""

import sys
from collections.abc import Iterable
from functools import cache
from typing import Literal

from aifr.endpoint.errors import blaming
from aifr.endpoint.uploads import Upload
from aifr.errors import NoFace
from aifr.recognition.card import Card, read_card
from aifr.recognition.decode import decode
from aifr.recognition.faces import Choice
from aifr.recognition.model import Model, load_model
from aifr.recognition.recognise import Recognition, recognise
from aifr.settings import settings
from aifr.stages import stage

CHOICES: tuple[Literal["largest", "only"], ...] = ("largest", "only")


def serving_model() -> Model:
    """The configured model, loaded at the first call; raises ModelUnavailable."""
    with stage("model"):
        return load_model(settings().model_folder, settings().torch_threads)


@cache
def serving_card() -> Card:
    """The card of the configured model, which costs no loading; raises ModelUnavailable."""
    return read_card(settings().model_folder)


def model_version() -> str:
    """The version of the configured model; raises ModelUnavailable."""
    return serving_model().version


def refuse_undecodable(uploads: Iterable[Upload]) -> None:
    """Spares a new instance seconds of loading torch for photos that it cannot use anyway.

    Raises what `decode` raises. Once torch is there, `recognise_upload` refuses them as soon.
    """
    if "torch" in sys.modules:
        return
    for upload in uploads:
        with blaming(upload.param), stage("decode"):
            decode(upload.data, settings())


def recognise_upload(upload: Upload, choice: Choice) -> Recognition:
    """The face of an uploaded photo; raises what `recognise` raises, and ModelUnavailable."""
    model = serving_model()
    with blaming(upload.param):
        return recognise(upload.data, model, settings(), choice)


def recognise_or_miss(upload: Upload, choice: Choice) -> Recognition | NoFace:
    """As `recognise_upload`, but a photo without a face is returned as that error."""
    try:
        return recognise_upload(upload, choice)
    except NoFace as miss:
        return miss
