"""training.prepare and prepared"""

from pathlib import Path

import numpy as np
import pytest

from aifr.recognition.align import align, arcface_crop
from aifr.recognition.model import DETECTOR
from aifr.settings import Settings
from tests.photos import portrait
from tests.recognition.test_align import LANDMARKS
from training import prepare as prepare_module
from training.datasets import utkface
from training.prepared import read_prepared


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
