import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import torch

from tests.training.made import made_set, write_prepared
from training.engine.lessons import join, read_lessons
from training.engine.loop import train
from training.engine.settings import TrainSettings
from training.estimator import Labelled
from training.features import kept_features
from training.networks.build import NetworkSettings
from training.pseudo_labels import fit, labels

SETTINGS = TrainSettings(
    NetworkSettings("compact", 16, [8], [1]),
    epochs=6,
    batch=16,
    decorrelation_weight=0,
    augment=False,
)


def made_labelled(count, seed):
    generator = np.random.default_rng(seed)
    ages, genders = generator.integers(1, 80, count), generator.integers(0, 2, count)
    features = generator.normal(size=(count, 4)).astype(np.float32)
    features[:, 0] += ages / 5
    features[:, 1] += 4 * genders
    return Labelled(features, ages, genders)


def test_errors_are_reported_over_a_fifth_of_each_set():
    _, found = fit([made_labelled(500, 0), made_labelled(100, 1)])

    assert {name: part["photos"] for name, part in found.items()} == {"all": 120, "0": 100, "1": 20}


def test_photos_of_one_person_agree_on_gender_and_not_on_age():
    estimator, _ = fit([made_labelled(2000, 0)])
    features = np.zeros((4, 4), np.float32)
    features[:, 0] = [4, 12, 4, 12]
    features[:, 1] = [4, 1.5, 0, 0]

    ages, genders = labels(estimator, features, np.array([0, 0, -1, -1]))

    assert genders.tolist() == [1, 1, 0, 0]
    assert ages[0] + 20 < ages[1]


def test_the_command_labels_a_set_so_that_dal_can_run_on_it(tmp_path):
    labelled = made_set(people=6, photos_each=20, name="labelled")
    run = tmp_path / "run"
    train(SETTINGS, join([labelled], 2), run, torch.device("cpu"))
    nothing = np.full(len(labelled.names), -1)
    bare = replace(labelled, name="bare", ages=nothing, genders=nothing)
    known = write_prepared(labelled, tmp_path / "labelled")
    sought = write_prepared(bare, tmp_path / "bare")

    finished = subprocess.run(
        [sys.executable, "-m", "training.pseudo_labels", str(run / "network.pt")]
        + ["--learn", str(known), "--label", str(sought), "--device", "cpu"],
        capture_output=True,
        text=True,
        check=True,
    )

    report = json.loads(finished.stdout)
    assert report["labelled"]["photos"] == 24
    written = json.loads((sought / "pseudo_labels.json").read_text())
    assert written["errors"] == report
    assert "optimistic" in written["caution"]
    lessons = read_lessons([sought], fewest_photos=2, pseudo_labels=True)
    truth = join([labelled], 2)
    assert (lessons.age_groups == truth.age_groups).mean() > 0.6
    assert set(lessons.genders) <= {0, 1}
    assert read_lessons([sought], 2, pseudo_labels=False).age_groups.max() == -1


def test_the_measure_is_never_learnt_from(tmp_path):
    measure = write_prepared(made_set(name="fgnet"), tmp_path / "measure")

    finished = subprocess.run(
        [sys.executable, "-m", "training.pseudo_labels", str(tmp_path / "none.pt")]
        + ["--learn", str(measure), "--device", "cpu"],
        capture_output=True,
        text=True,
    )

    assert finished.returncode
    assert "never learnt from" in finished.stderr


def test_features_of_other_crops_under_the_same_name_are_computed_anew(tmp_path):
    first = made_set(people=3)
    train(SETTINGS, join([first], 2), tmp_path, torch.device("cpu"))
    second = replace(first, crops=255 - first.crops)
    weights, device = tmp_path / "network.pt", torch.device("cpu")

    found = [kept_features(weights, prepared, device) for prepared in (first, second)]

    assert not np.allclose(found[0], found[1])
    assert (kept_features(weights, first, device) == found[0]).all()
