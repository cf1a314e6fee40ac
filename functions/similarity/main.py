"""HTTP function: two photos in, one similarity out."""

from typing import Any

import functions_framework
from flask import Request

from aifr.answers import photo_answer, rounded
from aifr.endpoint.body import read_form
from aifr.endpoint.function import endpoint
from aifr.endpoint.query import flag, option
from aifr.endpoint.uploads import one_upload
from aifr.recognition.compare import similarity
from aifr.serving import CHOICES, model_version, recognise_upload, refuse_undecodable
from aifr.settings import settings


@functions_framework.http
@endpoint(warm=model_version)
def images_similarity(request: Request) -> dict[str, Any]:
    """POST image1, image2 -> {"similarity": cosine in [-1, 1]}; ?face=, ?detail=."""
    detail, choice = flag(request, "detail"), option(request, "face", CHOICES)
    form = read_form(request, settings())
    uploads = [one_upload(form, name, settings()) for name in ("image1", "image2")]
    refuse_undecodable(uploads)
    first, second = (recognise_upload(upload, choice) for upload in uploads)
    answer: dict[str, Any] = {"similarity": rounded(similarity(first.embedding, second.embedding))}
    if detail:
        answer["model"] = model_version()
        answer["images"] = {"image1": photo_answer(first), "image2": photo_answer(second)}
    return answer
