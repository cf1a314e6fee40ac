"""HTTP function: two lists of photos in, each of one person; one similarity out."""

from collections.abc import Sequence
from typing import Any

import functions_framework
import numpy as np
from flask import Request

from aifr.answers import photo_answer, rounded
from aifr.endpoint.body import read_form, texts_of
from aifr.endpoint.errors import error_content
from aifr.endpoint.function import endpoint
from aifr.endpoint.query import flag, option
from aifr.endpoint.throttle import Throttle
from aifr.endpoint.uploads import many_uploads
from aifr.errors import NoFace
from aifr.recognition.compare import pair_matrix, similarity, template
from aifr.recognition.recognise import Recognition
from aifr.serving import CHOICES, model_version, recognise_or_miss, refuse_undecodable
from aifr.settings import settings

LISTS = ("imageList1", "imageList2")
COMPARED = Throttle("comparisons")


@functions_framework.http
@endpoint(warm=model_version, parameters=("detail", "face"))
def batch_images_similarity(request: Request) -> dict[str, Any]:
    """POST imageList1, imageList2 -> {"similarity": cosine of their templates}; ?face=, ?detail=.

    A photo without a face is left out as long as another of its list has one. Each similarity that
    the answer tells is counted, and above settings.pairs_told those of pairs are not told.
    """
    detail, choice = flag(request, "detail"), option(request, "face", CHOICES)
    COMPARED.count(request, 1, settings(), settings().comparisons_an_hour)
    form = read_form(request, settings())
    texts_of(form, (), LISTS)
    uploads = [many_uploads(form, name, settings()) for name in LISTS]
    pairs = len(uploads[0]) * len(uploads[1])
    told = detail and pairs <= settings().pairs_told
    if told:
        COMPARED.count(request, pairs, settings(), settings().comparisons_an_hour)
    refuse_undecodable(upload for photos in uploads for upload in photos)
    results = [[recognise_or_miss(upload, choice) for upload in photos] for photos in uploads]
    first, second = (_with_face(*named) for named in zip(LISTS, results, strict=True))
    answer: dict[str, Any] = {
        "similarity": rounded(similarity(_template(first), _template(second)))
    }
    if detail:
        answer["model"] = model_version()
        answer["pairs"] = _pairs(first, second) if told else None
        answer["images"] = {
            name: [_entry(*numbered) for numbered in enumerate(photos)]
            for name, photos in zip(LISTS, results, strict=True)
        }
    return answer


def _with_face(name: str, results: Sequence[Recognition | NoFace]) -> list[Recognition]:
    found = [result for result in results if isinstance(result, Recognition)]
    if not found:
        raise NoFace(f"No face was found in any photo of {name}.", name)
    return found


def _template(photos: Sequence[Recognition]) -> np.ndarray:
    return template(_embeddings(photos), np.array([photo.weight for photo in photos]))


def _pairs(first: Sequence[Recognition], second: Sequence[Recognition]) -> list[list[float]]:
    matrix = pair_matrix(_embeddings(first), _embeddings(second))
    return [[rounded(value) for value in row] for row in matrix]


def _embeddings(photos: Sequence[Recognition]) -> np.ndarray:
    return np.stack([photo.embedding for photo in photos])


def _entry(index: int, result: Recognition | NoFace) -> dict[str, Any]:
    if isinstance(result, NoFace):
        return {"index": index, "error": error_content(result)}
    return {"index": index, **photo_answer(result)}
