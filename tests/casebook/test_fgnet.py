"""FG-NET dev as a gallery: the right case comes first as often as leave-one-out says."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from aifr.casebook.home import Home
from aifr.casebook.ingestion import Recognise
from aifr.casebook.photos import photos_of
from aifr.casebook.publishing import change_state
from aifr.casebook.ranking import Filters, Probe, photo_facts, rank
from aifr.casebook.recogniser import recogniser
from aifr.casebook.records.contract import IndexedFace
from aifr.errors import NoFace
from aifr.recognition.card import Card
from aifr.recognition.model import Model
from aifr.recognition.recognise import Recognition
from aifr.settings import Settings
from tests.casebook.conftest import a_case, ingest_all, upload
from training.datasets import fgnet

MOST = 41


@pytest.fixture(scope="module")
def recognise() -> Recognise:
    """The real recogniser, which looks at each photo once however many homes ask."""
    look = recogniser(Settings())

    @cache
    def once(data: bytes, chosen: int | None) -> Recognition:
        return look(data, chosen)

    return once


def enrol(home: Home, data: Path, recognise: Recognise, card: Card) -> dict[str, str]:
    """One verified case a subject with all photos; returns case -> subject."""
    dataset = fgnet.read(data / "fgnet_dev.zip")
    cases: dict[str, str] = {}
    for photograph in dataset.photographs:
        subject = str(photograph.identity)
        if subject not in cases:
            cases[subject] = a_case(home)
        data_of_it = dataset.files.read(photograph.name)
        largest = largest_face(data_of_it, recognise)
        upload(home, cases[subject], data_of_it, photograph.age, largest)
    ingest_all(home, recognise, card=card)
    for case in cases.values():
        change_state(home.records, case, "verified", "looks right", "reviewer:one")
    return {case: subject for subject, case in cases.items()}


def largest_face(data: bytes, recognise: Recognise) -> int | None:
    """The place of a photo's largest face among its faces; None where it has none."""
    try:
        seen = recognise(data, None)
    except NoFace:
        return None
    return [face.box for face in seen.faces].index(seen.face.box)


def leave_one_out(faces: list[IndexedFace]) -> list[str]:
    """The naive route: the subject of each face's nearest other face."""
    embeddings = np.stack([face.embedding for face in faces]).astype(np.float64)
    similarities = embeddings @ embeddings.T
    np.fill_diagonal(similarities, -2)
    return [faces[int(index)].subject for index in similarities.argmax(axis=1)]


def ranked_without(home: Home, face: IndexedFace, card: Card) -> list[str]:
    """The cases most like a face, which is out of the gallery meanwhile."""
    photos = {photo.identity: photo for photo in photos_of(home.records, face.subject)}
    probe = Probe(face.embedding, photo_facts(photos[face.photo]))
    home.records.transact(lambda transaction: transaction.delete_face(face.photo))
    ranking = rank(home.records, probe, card, Filters(), MOST)
    home.records.transact(lambda transaction: transaction.put_face(face))
    return [candidate.case.identity for candidate in ranking.candidates]


@pytest.mark.slow
def test_both_homes_rank_as_leave_one_out_says(
    embedded_home: Home,
    cloud_home: Home,
    shared_data: Path,
    recognise: Recognise,
    model: Model,
) -> None:
    rankings = []
    for home in (embedded_home, cloud_home):
        subjects = enrol(home, shared_data, recognise, model.card)
        faces = [face for case in subjects for face in home.records.faces(case)]
        faces.sort(key=lambda face: (subjects[face.subject], face.embedding.tobytes()))
        found = [ranked_without(home, face, model.card) for face in faces]
        nearest = leave_one_out(faces)

        assert [order[0] for order in found] == nearest
        right = [face.subject == first for face, first in zip(faces, nearest, strict=True)]
        assert len(faces) == 498 and np.mean(right) > 0.72
        rankings.append([[subjects[case] for case in order] for order in found])

    assert rankings[0] == rankings[1]
