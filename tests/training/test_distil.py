"""training.distil, teachers, augment, prepare and export, on small made sets"""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import normalize

from aifr.recognition.align import align, arcface_crop
from aifr.recognition.card import Card, read_card
from aifr.recognition.model import DETECTOR, EMBEDDER, load_embedder
from aifr.settings import Settings
from tests.photos import encoded, face_photo, portrait
from tests.recognition.test_align import LANDMARKS
from tests.served import ROOT
from training import prepare as prepare_module
from training import teachers as teachers_module
from training.ages import age_groups
from training.augment import augment, degraded, mirrored, relit, shifted
from training.checkpoint import load_checkpoint, save_checkpoint
from training.datasets import all_age_faces, fgnet, lfw, utkface
from training.datasets.photographs import MissingDataset
from training.distil import (
    DistilSettings,
    Lessons,
    Order,
    distil,
    known_cross_entropy,
    learning_rate,
    read_settings,
)
from training.export import Embedder, export, folded, read_network
from training.losses.distillation import DistillationLoss, isometry
from training.networks.build import NetworkSettings, build_network
from training.prepared import read_prepared
from training.teachers import embed_with_teacher, teacher_embeddings, teacher_pixels
from training.torchscript import save

SMALL = NetworkSettings("compact", side=32, widths=[8, 8, 16, 16], depths=[1, 1, 1, 1])


class MadeTeacher(nn.Module):
    """A unit embedding of the mean colours of the photo's quarters."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return normalize(nn.functional.adaptive_avg_pool2d(pixels, 2).flatten(1) - 0.5)


def made_lessons(count: int = 64) -> Lessons:
    """Flat coloured quarters, whose embedding is easy to learn; every third label unknown."""
    generator = np.random.default_rng(0)
    quarters = generator.integers(0, 256, (count, 2, 2, 3)).astype(np.uint8)
    crops = quarters.repeat(16, axis=1).repeat(16, axis=2)
    teacher = MadeTeacher()(torch.from_numpy(quarters).permute(0, 3, 1, 2) / 255)
    bright = torch.from_numpy((quarters.mean(axis=(1, 2, 3)) > 128).astype(np.int64))
    bright[::3] = -1
    sources = {"data": {"made": count}, "teachers": {}}
    return Lessons(sources, arcface_crop(32), crops, teacher, bright, bright)


def settings(steps: int) -> DistilSettings:
    return DistilSettings(SMALL, samples=steps * 16, batch=16, rate=5e-3, averaging=0.9)


def test_distillation_lowers_every_loss(tmp_path: Path) -> None:
    distil(settings(150), made_lessons(), tmp_path, torch.device("cpu"))

    history = json.loads((tmp_path / "run.json").read_text())["history"]
    for name in ("identity", "age", "gender"):
        assert history[-1][name] < 0.8 * history[0][name]


PROGRAM = """
import sys, time, torch
from pathlib import Path
from tests.training.test_distil import made_lessons, settings
from training import distil
distil.CHECKPOINT_EVERY, distil.RECORD_EVERY = 5, 1
print("ready", flush=True)
distil.distil(settings(60), made_lessons(), Path(sys.argv[1]), torch.device("cpu"))
"""


def test_a_killed_run_ends_as_an_unbroken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
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


def test_a_checkpoint_restores_randomness(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    save_checkpoint(tmp_path / "c.pt", {"generator": generator}, {"step": 1})
    expected = torch.rand(3), np.random.rand(3), torch.rand(3, generator=generator)

    progress = load_checkpoint(tmp_path / "c.pt", {"generator": generator})

    assert progress == {"step": 1}
    again = torch.rand(3), np.random.rand(3), torch.rand(3, generator=generator)
    for first, second in zip(expected, again, strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_distillation_loss_agrees_with_the_naive_one() -> None:
    generator = torch.Generator().manual_seed(0)
    x_id = torch.randn(6, 512, generator=generator)
    teacher = normalize(torch.randn(6, 128, generator=generator))
    loss = DistillationLoss(128)

    given = float(loss(x_id, teacher))

    student, placed = normalize(x_id).numpy(), (teacher @ loss.placement).numpy()
    cosine = np.mean([1 - student[i] @ placed[i] for i in range(6)])
    squares = [
        (student[i] @ student[j] - float(teacher[i] @ teacher[j])) ** 2
        for i in range(6)
        for j in range(6)
    ]
    assert given == pytest.approx(cosine + 2 * np.mean(squares), rel=1e-5)
    assert float(loss(teacher @ loss.placement, teacher)) == pytest.approx(0, abs=1e-5)


def test_the_isometry_keeps_every_cosine() -> None:
    rows = isometry(128, 512)

    torch.testing.assert_close(rows @ rows.T, torch.eye(128), atol=1e-5, rtol=0)
    torch.testing.assert_close(rows, isometry(128, 512))


def test_unknown_labels_count_for_nothing() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0], [5.0, 5.0]])

    some = known_cross_entropy(logits, torch.tensor([0, 1, -1]))
    none = known_cross_entropy(logits, torch.tensor([-1, -1, -1]))

    expected = np.mean([np.log(1 + np.exp(-2)), np.log(1 + np.exp(-1))])
    assert float(some) == pytest.approx(expected, rel=1e-5)
    assert float(none) == 0


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


def test_committed_configurations_read() -> None:
    for name in ("compact", "inception"):
        plan = read_settings(ROOT / "training" / "configs" / f"{name}.toml")
        assert plan.network.backbone == name
        assert plan.steps > 1000


def test_age_groups_have_the_edges_of_the_thesis() -> None:
    groups = age_groups(np.array([-1, 0, 25, 26, 55, 56, 116]))

    assert groups.tolist() == [-1, 0, 0, 1, 1, 2, 2]


def pixels(count: int = 400) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 255


def test_augmentation_stays_in_range_and_repeats_with_its_seed() -> None:
    first, again = (augment(pixels(), torch.Generator().manual_seed(4)) for _ in range(2))

    assert first.shape == (400, 3, 32, 32)
    assert first.min() >= 0 and first.max() <= 255
    torch.testing.assert_close(first, again)
    assert not torch.equal(first, pixels())


def test_half_the_photos_are_mirrored() -> None:
    after = mirrored(pixels(), torch.Generator().manual_seed(0))

    flipped = (after == pixels().flip(3)).flatten(1).all(1)
    kept = (after == pixels()).flatten(1).all(1)
    assert (flipped ^ kept).all()
    assert 0.4 < flipped.float().mean() < 0.6


def test_shifts_reach_their_most_and_no_further() -> None:
    ramp = torch.arange(32.0).expand(400, 3, 32, 32)

    moved = shifted(ramp, torch.Generator().manual_seed(0)) - ramp

    inner = moved[:, 0, 16, 8:24]
    assert set(inner[:, 0].tolist()) == {-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0}


def test_a_third_of_the_photos_lose_detail() -> None:
    after = degraded(pixels(), torch.Generator().manual_seed(0))

    changed = (after != pixels()).flatten(1).any(1)
    assert changed.float().mean() == pytest.approx(1 / 3, abs=0.01)
    assert (after[changed].flatten(2).std(2) < pixels()[changed].flatten(2).std(2)).all()


def test_some_photos_turn_grey() -> None:
    colours = torch.zeros(400, 3, 4, 4)
    colours[:, 0] = 100

    after = relit(colours, torch.Generator().manual_seed(0))

    # A grey photo keeps only the small cast between its channels.
    spread = (after.amax(1) - after.amin(1)).mean((1, 2))
    assert 0.12 < (spread < 40).float().mean() < 0.28


@pytest.fixture
def utkface_zip(tmp_path: Path) -> Path:
    """Four photos as UTKFace names them: three of a face, one of none; and one misnamed."""
    path = tmp_path / "utkface.zip"
    blank = encoded(portrait().crop((0, 300, 100, 400)))
    with ZipFile(path, "w") as photographs:
        for name in ("30_1_0_1.jpg", "31_1_0_2.jpg", "32_1_0_3.jpg"):
            photographs.writestr(name, face_photo())
        photographs.writestr("5_0_0_4.jpg", blank)
        photographs.writestr("39_1_20170116174525125.jpg", face_photo())
    return path


def test_preparing_aligns_faces_and_lists_failures(
    utkface_zip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_module, "SHARD", 2)
    detector = Settings().model_folder / DETECTOR
    out = tmp_path / "prepared"

    dataset = utkface.read(utkface_zip)
    prepare_module.prepare(dataset, arcface_crop(), detector, out, workers=1)

    prepared = read_prepared(out)
    assert prepared.names == ["30_1_0_1.jpg", "31_1_0_2.jpg", "32_1_0_3.jpg"]
    assert prepared.ages.tolist() == [30, 31, 32]
    assert prepared.genders.tolist() == [1, 1, 1]
    assert prepared.identities.tolist() == [-1, -1, -1]
    expected = align(portrait(), LANDMARKS, arcface_crop())
    assert np.abs(prepared.crops[0].astype(int) - expected).mean() < 20
    assert (out / "failures.csv").read_text().splitlines() == ["name,reason", "5_0_0_4.jpg,no_face"]


def test_preparing_again_reads_what_is_there(
    utkface_zip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = Settings().model_folder / DETECTOR
    dataset = utkface.read(utkface_zip)
    prepare_module.prepare(dataset, arcface_crop(), detector, tmp_path / "p", workers=1)
    (tmp_path / "p" / "spec.json").unlink()
    utkface_zip.unlink()

    prepare_module.prepare(dataset, arcface_crop(), detector, tmp_path / "p", workers=1)

    assert len(read_prepared(tmp_path / "p").crops) == 3


def test_crops_made_otherwise_are_not_mixed(utkface_zip: Path, tmp_path: Path) -> None:
    detector = Settings().model_folder / DETECTOR
    dataset = utkface.read(utkface_zip)
    prepare_module.prepare(dataset, arcface_crop(), detector, tmp_path / "p", workers=1)

    with pytest.raises(ValueError, match="made otherwise"):
        prepare_module.prepare(dataset, arcface_crop(160), detector, tmp_path / "p", workers=1)


def test_crops_of_another_side_than_the_networks_are_refused(tmp_path: Path) -> None:
    plan = replace(settings(1), network=replace(SMALL, side=48))

    with pytest.raises(ValueError, match="32 px for a network of 48"):
        distil(plan, made_lessons(), tmp_path, torch.device("cpu"))


@pytest.mark.parametrize("reader", [utkface, all_age_faces, lfw, fgnet])
def test_a_missing_data_set_says_where_to_get_it(reader, tmp_path: Path) -> None:
    for place in (tmp_path / "missing", tmp_path):
        with pytest.raises(MissingDataset) as raised:
            reader.read(place)
        assert reader.DESCRIPTION.source in str(raised.value)
        assert reader.DESCRIPTION.terms in str(raised.value)


def test_readers_take_labels_from_names(tmp_path: Path) -> None:
    names = {
        "aaf": ["07380A02.jpg", "07381A80.jpg"],
        "lfw": ["A_B/A_B_0001.jpg", "A_B/A_B_0002.jpg", "readme.txt"],
        "fgnet": ["images/001A02.JPG", "images/001A14a.JPG"],
    }
    for folder, files in names.items():
        for name in files:
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).touch()

    faces = all_age_faces.read(tmp_path / "aaf").photographs
    people = lfw.read(tmp_path / "lfw").photographs
    subjects = fgnet.read(tmp_path / "fgnet").photographs

    assert [(p.age, p.gender) for p in faces] == [(2, 1), (80, 0)]
    assert [p.identity for p in people] == ["lfw/A_B", "lfw/A_B"]
    assert [(p.identity, p.age) for p in subjects] == [("fgnet/001", 2), ("fgnet/001", 14)]


def test_five_points_come_out_of_the_68_in_order(tmp_path: Path) -> None:
    points = np.arange(136, dtype=float).reshape(68, 2)
    # Some annotators numbered the eyes from the other side.
    points[[31, 36]] = points[[36, 31]]
    text = "version: 1\nn_points: 68\n{\n" + "\n".join(f"{x} {y}" for x, y in points) + "\n}"
    (tmp_path / "images").mkdir()
    (tmp_path / "points").mkdir()
    (tmp_path / "images" / "001A02.JPG").touch()
    (tmp_path / "points" / "001a02.pts").write_text(text)
    dataset = fgnet.read(tmp_path)

    five = fgnet.landmarks(dataset.files, dataset.photographs[0])

    assert five[:, 0].tolist() == [62, 72, 134, 96, 108]


def test_teachers_see_the_same_crop_from_every_spec() -> None:
    crops = {
        side: align(portrait(), LANDMARKS, arcface_crop(side, zoom))[None]
        for side, zoom in ((112, 1.0), (160, 0.8))
    }

    plain = teacher_pixels(crops[112], arcface_crop(112))
    derived = teacher_pixels(crops[160], arcface_crop(160, 0.8))

    assert plain.shape == derived.shape == (1, 3, 112, 112)
    assert (plain - derived).abs().mean() < 0.02


def test_teachers_embed_once_and_join_with_equal_weight(
    utkface_zip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = Settings().model_folder / DETECTOR
    dataset, folder = utkface.read(utkface_zip), tmp_path / "p"
    prepare_module.prepare(dataset, arcface_crop(), detector, folder, workers=1)
    teachers = [tmp_path / "first.pt", tmp_path / "second.pt"]
    for path in teachers:
        save(torch.jit.trace(MadeTeacher(), torch.rand(1, 3, 112, 112)), path)
    prepared, cpu = read_prepared(folder), torch.device("cpu")

    joined = teacher_embeddings(prepared, teachers, folder, cpu)
    monkeypatch.setattr(teachers_module, "embed_with_teacher", None)
    again = teacher_embeddings(prepared, teachers, folder, cpu)

    assert joined.shape == (3, 24)
    np.testing.assert_allclose(np.linalg.norm(joined, axis=1), 1, atol=1e-3)
    np.testing.assert_array_equal(joined, again)


def test_a_teacher_gives_unit_embeddings(tmp_path: Path) -> None:
    save(torch.jit.trace(MadeTeacher(), torch.rand(1, 3, 112, 112)), tmp_path / "t.pt")
    crops = np.random.default_rng(0).integers(0, 256, (5, 112, 112, 3)).astype(np.uint8)

    embeddings = embed_with_teacher(crops, arcface_crop(), tmp_path / "t.pt", torch.device("cpu"))

    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("backbone", ["compact", "inception"])
def test_folding_changes_no_output(backbone: str) -> None:
    side = 32 if backbone == "compact" else 96
    plain = build_network(NetworkSettings(backbone, side, SMALL.widths, SMALL.depths))
    images = torch.randn(16, 3, side, side)
    for _ in range(3):
        plain(images)
    plain.eval()

    with torch.inference_mode():
        expected, given = Embedder(plain)(images), Embedder(folded(plain))(images)

    for first, second in zip(expected, given, strict=True):
        torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-3)
    normalisations = [m for m in folded(plain).modules() if isinstance(m, nn.BatchNorm2d)]
    assert normalisations == []


def exported(tmp_path: Path) -> tuple[Path, Card]:
    """A model folder of a small trained student."""
    run, folder = tmp_path / "run", tmp_path / "model"
    distil(settings(20), made_lessons(), run, torch.device("cpu"))
    folder.mkdir()
    (folder / DETECTOR).write_bytes((Settings().model_folder / DETECTOR).read_bytes())
    return folder, export(run / "student.pt", folder, "made")


def test_an_exported_student_embeds_as_in_training(tmp_path: Path) -> None:
    folder, card = exported(tmp_path)
    images = torch.randn(4, 3, 32, 32)

    with torch.inference_mode():
        given = load_embedder(folder / EMBEDDER, 32)(images)
        expected = Embedder(read_network(tmp_path / "run" / "student.pt"))(images)

    for first, second in zip(given, expected, strict=True):
        torch.testing.assert_close(first, second, atol=2e-3, rtol=0)
    assert read_card(folder) == card
    assert card.trained_on == ["made: 64 photos"]
    assert card.version.startswith("made-")


def test_exporting_twice_gives_the_same_bytes_and_no_path_of_the_machine(tmp_path: Path) -> None:
    exported(tmp_path)
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        shutil.copytree(tmp_path / "model", folder)
        weights = tmp_path / "run" / "student.pt"
        command = ["-m", "training.export", str(weights), str(folder), "--name", "made"]
        subprocess.run([sys.executable, "-W", "ignore", *command], cwd=ROOT, check=True)

    first, second = ((folder / EMBEDDER).read_bytes() for folder in folders)

    assert first == second
    assert str(ROOT).encode() not in first


def test_a_mirrored_photo_embeds_the_same() -> None:
    embedder = Embedder(build_network(SMALL).eval())
    images = torch.randn(3, 3, 32, 32)

    with torch.inference_mode():
        first, mirrored = embedder(images), embedder(images.flip(3))

    for one, other in zip(first, mirrored, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)
