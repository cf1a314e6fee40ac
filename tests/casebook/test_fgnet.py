"""FG-NET dev as a gallery: the right case comes first as often as leave-one-out says."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from aifr.casebook.home import Home
from aifr.casebook.ingestion import Recognise
from aifr.casebook.photos import photos_of
from aifr.casebook.ranking import Filters, Probe, photo_facts, rank
from aifr.casebook.recogniser import recogniser
from aifr.casebook.records.contract import IndexedFace
from aifr.recognition.card import Card
from aifr.recognition.model import Model
from aifr.recognition.recognise import Recognition
from aifr.settings import Settings
from tests.casebook.conftest import a_case, ingest_all, upload
from training.datasets import fgnet

MOST = 41
# The emulator takes a while over each search; the embedded home is asked for every photo.
EVERY = {"embedded_home": 1, "cloud_home": 5}


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
            cases[subject] = a_case(home, "verified")
        upload(home, cases[subject], dataset.files.read(photograph.name), photograph.age)
    ingest_all(home, recognise, card=card)
    return {case: subject for subject, case in cases.items()}


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
    rankings = {}
    for name, home in (("embedded_home", embedded_home), ("cloud_home", cloud_home)):
        subjects = enrol(home, shared_data, recognise, model.card)
        faces = [face for case in subjects for face in home.records.faces(case)]
        faces.sort(key=lambda face: (subjects[face.subject], face.embedding.tobytes()))
        asked = range(0, len(faces), EVERY[name])
        found = {index: ranked_without(home, faces[index], model.card) for index in asked}
        nearest = leave_one_out(faces)

        assert [found[index][0] for index in asked] == [nearest[index] for index in asked]
        rankings[name] = {
            index: [subjects[case] for case in order] for index, order in found.items()
        }
        if name == "embedded_home":
            right = [face.subject == first for face, first in zip(faces, nearest, strict=True)]
            assert len(faces) == 498 and np.mean(right) > 0.72

    embedded, cloud = rankings["embedded_home"], rankings["cloud_home"]
    assert {index: embedded[index] for index in cloud} == cloud
