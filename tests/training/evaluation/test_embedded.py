"""Evaluation sets through a model."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from aifr.recognition.align import ARCFACE_TEMPLATE, arcface_crop
from aifr.settings import Settings
from training.datasets import fgnet as reader
from training.evaluation import crops
from training.evaluation.crops import evaluation_crops, reference_align
from training.evaluation.embedded import (
    Embedded,
    data_hash,
    embed_dataset,
    embed_prepared,
    numbered,
)
from training.evaluation.subject import Subject, load_subject
from training.prepared import read_prepared


@pytest.fixture
def subject(teacher: Path, detector: Path) -> Subject:
    return load_subject(teacher, detector)


def refuse(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    raise AssertionError("embedded twice")


def test_the_photos_keep_their_labels_and_order(
    subject: Subject, fgnet: Path, tmp_path: Path
) -> None:
    photos = embed_dataset(subject, "fgnet", fgnet, "landmarks", tmp_path)

    assert photos.identity_count == 10
    assert photos.found.all()
    for name, identity, age in zip(photos.names, photos.identities, photos.ages, strict=True):
        assert name == f"images/{identity + 1:03d}A{age:02d}.JPG"


def test_a_missed_face_has_no_embedding(subject: Subject, fgnet: Path, tmp_path: Path) -> None:
    photos = embed_dataset(subject, "fgnet", fgnet, "detected", tmp_path)

    assert not photos.found.any()
    assert not photos.embeddings.any()


def test_what_was_embedded_once_is_kept(subject: Subject, fgnet: Path, tmp_path: Path) -> None:
    once = embed_dataset(subject, "fgnet", fgnet, "landmarks", tmp_path)

    again = embed_dataset(replace(subject, embed=refuse), "fgnet", fgnet, "landmarks", tmp_path)

    assert (once.embeddings == again.embeddings).all()


@pytest.mark.parametrize("change", [{"sha256": "another"}, {"crop": arcface_crop(zoom=0.9)}])
def test_another_model_or_crop_is_embedded_anew(
    subject: Subject, fgnet: Path, tmp_path: Path, change: dict
) -> None:
    embed_dataset(subject, "fgnet", fgnet, "landmarks", tmp_path)

    with pytest.raises(AssertionError, match="embedded twice"):
        other = replace(subject, embed=refuse, **change)
        embed_dataset(other, "fgnet", fgnet, "landmarks", tmp_path)


def test_photos_of_a_prepared_set_are_chosen_by_index(
    subject: Subject, people: Path, tmp_path: Path
) -> None:
    prepared, index = read_prepared(people), np.array([1, 8, 30])

    photos = embed_prepared(subject, prepared, data_hash(people), index, tmp_path)

    expected, _ = subject.embed(prepared.crops[index])
    assert photos.names == [prepared.names[i] for i in index]
    assert (photos.identities == prepared.identities[index]).all()
    assert (photos.genders == prepared.genders[index]).all()
    assert photos.embeddings == pytest.approx(expected)


def test_crops_that_a_model_was_not_made_for_are_refused(
    subject: Subject, people: Path, tmp_path: Path
) -> None:
    other = replace(subject, crop=arcface_crop(160))

    with pytest.raises(ValueError, match="not those squares was made for"):
        embed_prepared(other, read_prepared(people), "0", np.arange(3), tmp_path)


def test_teachers_embeddings_in_a_folder_do_not_change_its_hash(people: Path) -> None:
    before = data_hash(people)

    np.save(people / "teacher-x.npy", np.zeros(3))

    assert data_hash(people) == before


def test_the_hash_tells_other_data_apart(fgnet: Path, people: Path) -> None:
    assert data_hash(fgnet) != data_hash(people)


def test_the_hash_tells_which_folder_a_photo_lies_in(tmp_path: Path) -> None:
    for person in ("anna", "bert"):
        (tmp_path / person / "data" / person).mkdir(parents=True)
        (tmp_path / person / "data" / person / "1.jpg").write_bytes(b"photo")

    assert data_hash(tmp_path / "anna" / "data") != data_hash(tmp_path / "bert" / "data")


def test_a_folder_has_the_same_hash_wherever_it_lies(tmp_path: Path) -> None:
    for place in ("here", "there"):
        (tmp_path / place / "anna").mkdir(parents=True)
        (tmp_path / place / "anna" / "1.jpg").write_bytes(b"photo")

    assert data_hash(tmp_path / "here") == data_hash(tmp_path / "there")


def test_crops_are_made_anew_under_other_settings(
    fgnet: Path, detector: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = reader.read(fgnet)
    for side in (640, 480, 640):
        monkeypatch.setattr(crops, "Settings", partial(Settings, detect_long_side=side))
        evaluation_crops(data, "hash", "landmarks", arcface_crop(), detector, tmp_path)

    assert len(list(tmp_path.glob("crops-*.npz"))) == 2


def test_crops_are_made_anew_by_other_code(
    fgnet: Path, detector: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = reader.read(fgnet)
    for code in ("before", "after", "before"):
        monkeypatch.setattr(crops, "code_hash", lambda code=code: code)
        evaluation_crops(data, "hash", "landmarks", arcface_crop(), detector, tmp_path)

    assert len(list(tmp_path.glob("crops-*.npz"))) == 2


def test_unnamed_people_have_no_number() -> None:
    assert numbered(["b", None, "a", "b"]).tolist() == [1, -1, 0, 1]


def test_points_at_the_template_leave_the_photo_as_it_is() -> None:
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)

    crop = reference_align(Image.fromarray(pixels), ARCFACE_TEMPLATE, arcface_crop())

    assert np.abs(crop.astype(int) - pixels).max() <= 1


def test_crops_by_landmarks_are_all_found(fgnet: Path, detector: Path, tmp_path: Path) -> None:
    made = evaluation_crops(
        reader.read(fgnet), "hash", "landmarks", arcface_crop(), detector, tmp_path
    )

    assert made.pixels.shape == (60, 112, 112, 3)
    assert made.found.all()


def test_an_evaluation_set_knows_how_many_people_it_has() -> None:
    empty = np.empty(0, np.int64)
    nothing = Embedded([], empty, empty, empty, empty, empty, empty, "")

    assert nothing.identity_count == 0
