"""The model under evaluation."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aifr.errors import ModelUnavailable
from aifr.recognition.align import arcface_crop
from aifr.recognition.card import read_card, write_card
from training.evaluation.subject import load_subject

CROPS = np.random.default_rng(0).integers(0, 256, (3, 112, 112, 3), dtype=np.uint8)


def test_a_teacher_gives_unit_embeddings_and_no_age_groups(teacher: Path, detector: Path) -> None:
    subject = load_subject(teacher, detector)

    embeddings, age_groups = subject.embed(CROPS)

    assert (subject.name, subject.crop, subject.trained_on) == ("squares", arcface_crop(), None)
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(1)
    assert age_groups.shape == (3, 0)


def test_a_model_folder_brings_its_card_its_detector_and_age_groups(model_folder: Path) -> None:
    subject = load_subject(model_folder)

    embeddings, age_groups = subject.embed(CROPS)

    assert subject.version == "made-1"
    assert subject.trained_on == ["lfw: 3 photos"]
    assert subject.detector.parent == model_folder
    assert embeddings.shape == (3, 48)
    assert age_groups.sum(axis=1) == pytest.approx(1)


def test_the_forms_are_those_of_calibrations_and_not_of_the_table_of_chance(
    model_folder: Path,
) -> None:
    table = {"likelihood_ratios": [1], "rates": [0.2]}
    calibration = {"ages_given": {"form": "similarity"}, "chance": table}
    write_card(model_folder, replace(read_card(model_folder), calibration=calibration))

    assert load_subject(model_folder).forms == {"ages_given": "similarity"}


def test_a_teacher_alone_does_not_know_where_faces_are(teacher: Path) -> None:
    with pytest.raises(ValueError, match="--detector"):
        load_subject(teacher)


def test_a_folder_without_a_card_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable):
        load_subject(tmp_path)
