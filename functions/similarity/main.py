"""HTTP function: two photos in, one similarity out."""

from collections.abc import Mapping
from typing import Any

import functions_framework
from flask import Request

from aifr.answers import assessment_answer, facts, photo_answer, rounded
from aifr.endpoint.body import read_form, texts_of
from aifr.endpoint.function import endpoint
from aifr.endpoint.query import flag, option, whole_number
from aifr.endpoint.throttle import Throttle
from aifr.endpoint.uploads import one_upload
from aifr.errors import InvalidParameter
from aifr.fields import whole
from aifr.recognition.calibration import assess_pair
from aifr.recognition.compare import similarity
from aifr.serving import CHOICES, model_version, recognise_upload, refuse_undecodable, serving_model
from aifr.settings import settings

PHOTOS, AGES = ("image1", "image2"), ("age1", "age2")
OLDEST = 120
COMPARED = Throttle("comparisons")


@functions_framework.http
@endpoint(warm=model_version, parameters=("detail", "face", *AGES))
def images_similarity(request: Request) -> dict[str, Any]:
    """POST image1, image2 -> {"similarity": cosine}; ?face=, ?detail=; age1, age2 in years, in the
    query or beside the photos.
    """
    detail, choice = flag(request, "detail"), option(request, "face", CHOICES)
    asked = {name: whole_number(request, name, OLDEST) for name in AGES}
    COMPARED.count(request, 1, settings(), settings().comparisons_an_hour)
    form = read_form(request, settings())
    told = texts_of(form, AGES, PHOTOS)
    ages = [_age(name, asked[name], told) for name in AGES]
    uploads = [one_upload(form, name, settings()) for name in PHOTOS]
    refuse_undecodable(uploads)
    first, second = (recognise_upload(upload, choice) for upload in uploads)
    alike = similarity(first.embedding, second.embedding)
    answer: dict[str, Any] = {"similarity": rounded(alike)}
    if detail:
        calibration = serving_model().card.calibration
        answer |= assessment_answer(
            assess_pair(alike, facts(first, ages[0]), facts(second, ages[1]), calibration)
        )
        answer["model"] = model_version()
        answer["images"] = {"image1": photo_answer(first), "image2": photo_answer(second)}
    return answer


def _age(name: str, asked: int | None, told: Mapping[str, str]) -> int | None:
    beside = whole(told, name, 0, OLDEST)
    if None not in (asked, beside) and asked != beside:
        raise InvalidParameter(f"The query and the form tell different values of {name}.", name)
    return beside if asked is None else asked
