"""What aifr.casebook.records.contract promises of faces, in both homes."""

from dataclasses import replace

import numpy as np
import pytest

from aifr.casebook.records.contract import FaceFilter, IndexedFace, Neighbour, Records
from tests.casebook.records.made import DIMENSION, a_face, delete_face, put_faces, units

EVERYONE = FaceFilter("g")


def photos(neighbours: list[Neighbour]) -> list[str]:
    return [each.photo for each in neighbours]


def a_crowd() -> list[IndexedFace]:
    """Faces of all sorts; every fifth has the embedding of another, so that they tie."""
    rows = units(200)
    rows[::5] = rows[np.arange(1, 200, 5)[::-1]]
    return [
        a_face(
            f"p{number * 7919 % 997:03d}",
            rows[number],
            subject=f"c{number // 3}",
            gallery=("g", "g", "g", "other", "")[number % 5],
            sex=("female", "male", "unknown")[number % 3],
            country=("RO", "MD")[number % 2],
        )
        for number in range(200)
    ]


def naive(
    faces: list[IndexedFace], probe: np.ndarray, where: FaceFilter, limit: int
) -> list[Neighbour]:
    """The same by another way: one by one, in Python's own numbers."""
    found = []
    for face in faces:
        if face.gallery != where.gallery or where.country not in (None, face.country):
            continue
        if where.sexes and face.sex not in where.sexes:
            continue
        pairs = zip(face.embedding.tolist(), probe.tolist(), strict=True)
        similarity = sum(one * other for one, other in pairs)
        found.append(Neighbour(face.photo, face.subject, round(similarity, 6)))
    return sorted(found, key=lambda each: (-each.similarity, each.photo))[:limit]


def test_a_face_comes_back_as_it_was_put(records: Records) -> None:
    face = a_face("p1", units(1, 512)[0], weight=0.25)
    put_faces(records, [face])

    (found,) = records.faces("c1")

    assert found.embedding.dtype == np.float32
    assert found.embedding.tobytes() == face.embedding.tobytes()
    assert replace(found, embedding=face.embedding) == face


def test_faces_of_a_subject_come_by_id_of_the_photo(records: Records) -> None:
    rows = units(4)
    put_faces(
        records, [a_face(name, row) for name, row in zip(("b", "a", "c"), rows, strict=False)]
    )
    put_faces(records, [a_face("d", rows[3], subject="c2")])

    found = records.transact(lambda transaction: transaction.faces("c1"))

    assert [face.photo for face in found] == ["a", "b", "c"]
    assert [face.photo for face in records.faces("c1")] == ["a", "b", "c"]
    assert records.faces("c3") == []


def test_a_face_is_found_from_its_transaction_on(records: Records) -> None:
    row = units(1)[0]
    assert records.nearest(row, EVERYONE, 10) == []

    put_faces(records, [a_face("p1", row)])

    assert records.nearest(row, EVERYONE, 10) == [Neighbour("p1", "c1", 1.0)]


def test_put_replaces_the_face_of_a_photo(records: Records) -> None:
    before, after = units(2)
    put_faces(records, [a_face("p1", before)])
    records.nearest(before, EVERYONE, 10)

    put_faces(records, [a_face("p1", after, subject="c2", weight=1.0)])

    assert records.nearest(after, EVERYONE, 10) == [Neighbour("p1", "c2", 1.0)]
    assert records.faces("c1") == []
    assert records.faces("c2")[0].weight == 1.0


def test_a_face_may_move_to_another_gallery(records: Records) -> None:
    row = units(1)[0]
    put_faces(records, [a_face("p1", row)])
    records.nearest(row, EVERYONE, 10)

    put_faces(records, [a_face("p1", row, gallery="other")])

    assert records.nearest(row, EVERYONE, 10) == []
    assert photos(records.nearest(row, FaceFilter("other"), 10)) == ["p1"]
    assert records.count_faces(EVERYONE) == 0


@pytest.mark.parametrize("searched_before", [False, True])
def test_a_deleted_face_is_never_found(records: Records, searched_before: bool) -> None:
    rows = units(5)
    put_faces(records, [a_face(f"p{number}", row) for number, row in enumerate(rows)])
    if searched_before:
        records.nearest(rows[2], EVERYONE, 10)

    for _ in range(2):
        delete_face(records, "p2")

    assert sorted(photos(records.nearest(rows[2], EVERYONE, 10))) == ["p0", "p1", "p3", "p4"]
    assert [face.photo for face in records.faces("c1")] == ["p0", "p1", "p3", "p4"]
    assert records.count_faces(EVERYONE) == 4


def test_a_photo_may_have_a_face_again(records: Records) -> None:
    before, after = units(2)
    put_faces(records, [a_face("p1", before)])
    delete_face(records, "p1")
    records.nearest(before, EVERYONE, 10)

    put_faces(records, [a_face("p1", after)])

    assert records.nearest(after, EVERYONE, 10) == [Neighbour("p1", "c1", 1.0)]


@pytest.mark.parametrize("limit", [1, 7, 60, 1000])
@pytest.mark.parametrize(
    "where",
    [
        FaceFilter("g"),
        FaceFilter("other"),
        FaceFilter("nowhere"),
        FaceFilter("g", ("female",)),
        FaceFilter("g", ("female", "unknown")),
        FaceFilter("g", country="MD"),
        FaceFilter("g", ("male", "unknown"), "RO"),
        FaceFilter("g", ("other",)),
        FaceFilter("g", country="FR"),
    ],
)
def test_the_ranking_is_the_naive_one(records: Records, where: FaceFilter, limit: int) -> None:
    faces = a_crowd()
    put_faces(records, faces)
    probe = units(1, seed=9)[0]

    found = records.nearest(probe, where, limit)

    assert found == naive(faces, probe, where, limit)
    assert records.count_faces(where) == len(naive(faces, probe, where, 1000))


def test_both_homes_rank_alike(sqlite_records: Records, firestore_records: Records) -> None:
    rows = units(200, 512)
    faces = [replace(face, embedding=rows[at]) for at, face in enumerate(a_crowd())]
    probes = units(10, 512, seed=3)
    for home in (sqlite_records, firestore_records):
        put_faces(home, faces)

    for probe in probes:
        expected = sqlite_records.nearest(probe, EVERYONE, 50)
        assert firestore_records.nearest(probe, EVERYONE, 50) == expected


def test_more_ties_than_asked_for_are_decided_by_id(records: Records) -> None:
    row = units(1)[0]
    put_faces(records, [a_face(f"p{number * 7 % 100:02d}", row) for number in range(100)])

    found = records.nearest(row, EVERYONE, 3)

    assert photos(found) == ["p00", "p01", "p02"]


def test_what_agrees_to_six_decimals_is_decided_by_id(records: Records) -> None:
    rows = units(1, 512) + 3e-8 * units(60, 512, seed=1)
    faces = [a_face(f"p{number * 7 % 60:02d}", row) for number, row in enumerate(rows)]
    put_faces(records, faces)
    probe = units(1, 512, seed=4)[0]

    found = records.nearest(probe, EVERYONE, 5)

    assert len({face.embedding.astype(np.float64) @ probe for face in faces}) > 5
    assert photos(found) == ["p00", "p01", "p02", "p03", "p04"]
    assert found == naive(faces, probe, EVERYONE, 5)


def test_similarity_is_rounded_and_within_its_range(records: Records) -> None:
    row = np.full(DIMENSION, 0.25000003, np.float32)
    put_faces(records, [a_face("p1", row), a_face("p2", -row)])

    assert [each.similarity for each in records.nearest(row, EVERYONE, 2)] == [1.0, -1.0]


def test_embeddings_of_another_length_are_not_compared(records: Records) -> None:
    short, long = units(1, 8)[0], units(1, DIMENSION)[0]
    put_faces(records, [a_face("short", short), a_face("long", long)])

    assert photos(records.nearest(long, EVERYONE, 10)) == ["long"]
    assert photos(records.nearest(short, EVERYONE, 10)) == ["short"]
    assert records.count_faces(EVERYONE) == 2
