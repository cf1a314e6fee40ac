"""training.distil"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from aifr.recognition.align import arcface_crop
from aifr.recognition.card import sha256
from tests.served import ROOT
from tests.training.made_lessons import SMALL, MadeTeacher, made_lessons, settings
from training import distil as distil_module
from training.composites import draw_recipes, pictures
from training.distil import (
    Order,
    Student,
    age_cross_entropy,
    chosen_teachers,
    distil,
    known_cross_entropy,
    learning_rate,
    read_lessons,
    read_settings,
    run,
    spread,
    with_singles,
)
from training.held_out import held_out
from training.networks.build import build_network
from training.optimisers import ADAMW, MUON
from training.prepared import Prepared, read_prepared
from training.torchscript import save


@pytest.mark.parametrize("optimiser", [ADAMW, MUON])
def test_distillation_lowers_every_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, optimiser: str
) -> None:
    monkeypatch.setattr(distil_module, "RECORD_EVERY", 1)

    distil(settings(150, optimiser), made_lessons(), tmp_path, torch.device("cpu"))

    history = json.loads((tmp_path / "run.json").read_text())["history"]
    # The cross-entropy to a distribution of years cannot fall below what that distribution has.
    for name, share in {"identity": 0.8, "age": 0.9, "gender": 0.8}.items():
        losses = [entry[name] for entry in history]
        assert np.mean(losses[-20:]) < share * np.mean(losses[:20])


def test_the_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measure = Prepared("fgnet", arcface_crop(), [], *[np.empty(0)] * 4)
    monkeypatch.setattr(distil_module, "read_prepared", lambda folder: measure)

    with pytest.raises(ValueError, match="never learnt from"):
        read_lessons([tmp_path], [], tmp_path, settings(1), torch.device("cpu"))


PROGRAM = """
import sys, time, torch
from pathlib import Path
from tests.training.made_lessons import made_lessons, settings
from training import distil
distil.CHECKPOINT_EVERY, distil.RECORD_EVERY = 5, 1
print("ready", flush=True)
plan = settings(60, sys.argv[1])
distil.distil(plan, made_lessons(), Path(sys.argv[2]), torch.device("cpu"))
"""


@pytest.mark.parametrize("optimiser", [ADAMW, MUON])
def test_a_killed_run_ends_as_an_unbroken_one(tmp_path: Path, optimiser: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, optimiser]
    broken, unbroken = tmp_path / "broken", tmp_path / "unbroken"
    process = subprocess.Popen([*command, str(broken)], cwd=ROOT, stderr=subprocess.DEVNULL)
    while not (broken / "checkpoint.pt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    interrupted_at = torch.load(broken / "checkpoint.pt", weights_only=False)["progress"]["step"]

    for folder in (broken, unbroken):
        subprocess.run([*command, str(folder)], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)

    assert interrupted_at < 60
    histories = [json.loads((f / "run.json").read_text())["history"] for f in (broken, unbroken)]
    assert len(histories[0]) == 60
    assert histories[0] == histories[1]
    students = [torch.load(f / "student.pt") for f in (broken, unbroken)]
    assert all(torch.equal(students[0][name], students[1][name]) for name in students[0])


def test_unknown_labels_count_for_nothing() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0], [5.0, 5.0]])

    some = known_cross_entropy(logits, torch.tensor([0, 1, -1]))
    none = known_cross_entropy(logits, torch.tensor([-1, -1, -1]))

    expected = np.mean([np.log(1 + np.exp(-2)), np.log(1 + np.exp(-1))])
    assert float(some) == pytest.approx(expected, rel=1e-5)
    assert float(none) == 0


def test_pictures_of_recipes_are_shown_behind_the_photos() -> None:
    lessons = made_lessons(64)
    recipes = draw_recipes(lessons.crops, 30, 0)
    more = replace(lessons, recipes=recipes, teacher=lessons.teacher.repeat(2, 1)[:94])

    shown = more.pictures(np.array([70, 3, 64]))

    made = pictures(lessons.crops, recipes)
    assert len(more) == 94
    assert (shown == np.stack([made[6], lessons.crops[3], made[0]])).all()


def test_a_picture_of_one_photo_alone_has_its_label() -> None:
    lessons = made_lessons(64)
    recipes = draw_recipes(lessons.crops, 64, 0)

    labels = with_singles(lessons.ages.numpy(), recipes)

    assert (labels[:64] == lessons.ages.numpy()).all()
    for made, (first, single) in enumerate(zip(recipes.first, recipes.single, strict=True), 64):
        assert labels[made] == (int(lessons.ages[first]) if single else -1)


def test_a_head_that_tells_the_year_loses_least() -> None:
    years = torch.arange(101)
    near, far = (-(years - centre).abs().float()[None] for centre in (30, 45))

    losses = [float(age_cross_entropy(logits, torch.tensor([30]))) for logits in (near, far)]

    assert losses[0] < losses[1]
    assert float(age_cross_entropy(near, torch.tensor([-1]))) == 0


def test_teachers_are_those_that_the_settings_name(tmp_path: Path) -> None:
    there = [tmp_path / "a.pt", tmp_path / "b.pt"]
    plan = settings(1)

    named = replace(plan, teachers={"b": 2.0})

    assert chosen_teachers(there, named) == ([there[1]], [2.0])
    assert chosen_teachers(there, plan) == (there, [1.0, 1.0])
    with pytest.raises(ValueError, match="no such teacher: c"):
        chosen_teachers(there, replace(plan, teachers={"c": 1.0}))


def saved_set(folder: Path, name: str, count: int = 40) -> Path:
    """A prepared set of noise, its ages those that the brightness tells."""
    generator = np.random.default_rng(0)
    crops = generator.integers(0, 256, (count, 112, 112, 3), dtype=np.uint8)
    ages = generator.integers(0, 90, count).tolist()
    folder.mkdir()
    np.savez(folder / "crops-00000.npz", crops=crops, indices=np.arange(count))
    photographs = [
        {"name": f"{i}.jpg", "identity": None, "age": age, "gender": 0}
        for i, age in enumerate(ages)
    ]
    told = {"dataset": name, "crop": asdict(arcface_crop()), "shards": 1}
    (folder / "spec.json").write_text(json.dumps({**told, "photographs": photographs}))
    return folder


def test_nobody_held_out_is_learnt_from(tmp_path: Path) -> None:
    teacher = tmp_path / "made.pt"
    save(torch.jit.trace(MadeTeacher(), torch.rand(1, 3, 112, 112)), teacher)
    prepared = read_prepared(saved_set(tmp_path / "noise", "noise"))
    out = held_out(prepared)
    plan = replace(settings(1), composites=10)

    lessons = read_lessons(
        [tmp_path / "noise"], [teacher], tmp_path / "run", plan, torch.device("cpu")
    )

    assert 0 < out.sum() < 20
    assert (lessons.crops == prepared.crops[~out]).all()
    assert (lessons.held_out == prepared.crops[out]).all()
    assert len(lessons) == len(lessons.ages) == len(lessons.genders) == (~out).sum() + 10
    assert lessons.sources["data"] == {"noise": int((~out).sum())}


def write_configuration(path: Path, steps: int, start: str = "") -> Path:
    text = f'samples = {steps * 16}\nbatch = 16\nrate = 5e-3\naveraging = 0.5\nstart = "{start}"\n'
    network = f'[network]\nbackbone = "compact"\nside = 32\nwidths = {SMALL.widths}\n'
    path.write_text(f"{text}{network}depths = {SMALL.depths}\n")
    return path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lessons made in place of read ones."""
    monkeypatch.setattr(distil_module, "read_lessons", lambda *_: made_lessons())


@pytest.mark.usefixtures("made")
def test_a_run_goes_on_from_the_run_that_its_configuration_names(tmp_path: Path) -> None:
    write_configuration(tmp_path / "first.toml", steps=3)
    further = write_configuration(tmp_path / "further.toml", steps=1, start="first")

    run(further, tmp_path / "runs" / "further", [], [], torch.device("cpu"))

    first, second = (
        torch.load(tmp_path / "runs" / name / "student.pt") for name in ("first", "further")
    )
    # The first step's rate is 0: what is left of the start is all of it.
    weight = "backbone.feature.weight"
    assert torch.equal(first[weight], second[weight])
    assert not torch.equal(first[weight], build_network(SMALL).state_dict()[weight])
    told = json.loads((tmp_path / "runs" / "further" / "run.json").read_text())
    assert told["sources"]["start"] == sha256(tmp_path / "runs" / "first" / "student.pt")


@pytest.mark.usefixtures("made")
def test_a_run_that_went_on_from_another_resumes(tmp_path: Path) -> None:
    write_configuration(tmp_path / "first.toml", steps=2)
    further = write_configuration(tmp_path / "further.toml", steps=2, start="first")
    folder = tmp_path / "runs" / "further"

    run(further, folder, [], [], torch.device("cpu"))
    once = (folder / "run.json").read_text()
    run(further, folder, [], [], torch.device("cpu"))

    assert (folder / "run.json").read_text() == once


def test_the_order_shows_every_photo_once_an_epoch_and_resumes() -> None:
    order = Order(10, 5, seed=1)

    whole = [batch.tolist() for batch, _ in zip(order.from_step(0), range(6), strict=False)]
    rest = [batch.tolist() for batch, _ in zip(order.from_step(3), range(3), strict=False)]

    assert sorted(whole[0] + whole[1]) == list(range(10))
    assert whole[0] != whole[2]
    assert rest == whole[3:]


def test_the_rate_warms_up_and_falls_to_zero() -> None:
    plan = settings(100)

    rates = [learning_rate(step, plan) for step in range(101)]

    assert rates[0] == 0
    assert max(rates) == pytest.approx(plan.rate, rel=0.01)
    assert rates[50:] == sorted(rates[50:], reverse=True)
    assert rates[-1] == pytest.approx(0, abs=1e-9)


def test_a_flat_rate_falls_at_the_end_alone() -> None:
    plan = settings(2000, decay=0.25)

    rates = [learning_rate(step, plan) for step in range(2001)]

    assert rates[0] == 0 and rates[-1] == 0
    assert set(rates[500:1501]) == {plan.rate}
    assert rates[1500:] == sorted(rates[1500:], reverse=True)
    assert rates[1750] == pytest.approx(plan.rate / 2)


def test_a_longer_run_goes_on_from_before_the_rate_fell(tmp_path: Path) -> None:
    broken, unbroken, cpu = tmp_path / "broken", tmp_path / "unbroken", torch.device("cpu")

    distil(settings(20, decay=0.5), made_lessons(), broken, cpu)
    distil(settings(40, decay=0.5), made_lessons(), broken, cpu)
    distil(settings(40, decay=0.5), made_lessons(), unbroken, cpu)

    students = [torch.load(folder / "student.pt") for folder in (broken, unbroken)]
    assert all(torch.equal(students[0][name], students[1][name]) for name in students[0])


def test_a_longer_run_that_is_stopped_on_its_way_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distil_module, "CHECKPOINT_EVERY", 5)
    monkeypatch.setattr(distil_module, "RECORD_EVERY", 1)
    cpu, learn = torch.device("cpu"), distil_module.Student.learn
    distil(settings(20, decay=0.5), made_lessons(), tmp_path, cpu)
    steps: list[int] = []

    def stopped(student: Student, *rest: Any) -> dict[str, float]:
        steps.append(len(steps))
        if len(steps) == 8:
            raise KeyboardInterrupt
        return learn(student, *rest)

    monkeypatch.setattr(distil_module.Student, "learn", stopped)
    with pytest.raises(KeyboardInterrupt):
        distil(settings(60, decay=0.5), made_lessons(), tmp_path, cpu)

    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=False)["progress"]["step"]
    distil(settings(60, decay=0.5), made_lessons(), tmp_path, cpu)

    # From step 10, where the first run's rate began to fall, to 15; then from there to the end.
    assert saved == 15
    assert len(steps) == 8 + 60 - 15


def test_photos_are_measured_on_from_every_set() -> None:
    assert spread(np.arange(10), 4).tolist() == [0, 3, 6, 9]
    assert spread(np.arange(3), 4).tolist() == [0, 1, 2]


def test_other_settings_do_not_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    plan = settings(4, decay=0.5)
    distil(plan, made_lessons(), tmp_path, torch.device("cpu"))

    with pytest.raises(ValueError, match="other settings"):
        distil(replace(plan, rate=1e-3), made_lessons(), tmp_path, torch.device("cpu"))


def test_committed_configurations_read() -> None:
    for name in ("compact", "compact-further", "compact-muon", "compact-joined", "inception"):
        plan = read_settings(ROOT / "training" / "configs" / f"{name}.toml")
        assert plan.network.backbone == name.split("-")[0]
        assert plan.steps > 1000


def test_crops_of_another_side_than_the_networks_are_refused(tmp_path: Path) -> None:
    plan = replace(settings(1), network=replace(SMALL, side=48))

    with pytest.raises(ValueError, match="32 px for a network of 48"):
        distil(plan, made_lessons(), tmp_path, torch.device("cpu"))
