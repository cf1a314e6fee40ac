"""aifr.recognition.model and card"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aifr.errors import ModelUnavailable
from aifr.recognition import model as model_module
from aifr.recognition.card import read_card
from aifr.recognition.model import Model, load_model
from aifr.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the committed model."""
    return Path(shutil.copytree(Settings().model_folder, tmp_path / "model"))


def crops(model: Model, count: int) -> np.ndarray:
    side = model.card.crop.side
    return np.random.default_rng(5).integers(0, 256, (count, side, side, 3)).astype(np.uint8)


def test_embeddings_are_unit_and_shares_add_up(model: Model) -> None:
    identity, age_groups, female = model.embed(crops(model, 3))

    assert identity.shape == (3, model.card.embedding_size) == (3, 512)
    assert identity.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(identity, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(age_groups.sum(axis=1), 1, atol=1e-5)
    assert ((female >= 0) & (female <= 1)).all()


def test_a_batch_embeds_as_one_by_one(model: Model) -> None:
    several = crops(model, 3)

    together, _, _ = model.embed(several)

    alone = np.concatenate([model.embed(several[i : i + 1])[0] for i in range(3)])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_threads_that_come_together_load_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = []
    load_embedder = model_module.load_embedder

    def counted(path: Path, side: int) -> Any:
        loads.append(path)
        return load_embedder(path, side)

    monkeypatch.setattr(model_module, "load_embedder", counted)

    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(load_model, [folder] * 8))

    assert len(loads) == 1
    assert len({id(loaded) for loaded in models}) == 1


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def append_byte(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.write(b"\0")

    return change


def forget_version(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    del card["version"]
    (folder / "card.json").write_text(json.dumps(card))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (remove("embedder.pt"), "no embedder.pt"),
        (remove("detector.pt"), "no detector.pt"),
        (remove("card.json"), "no card.json"),
        (append_byte("embedder.pt"), "embedder.pt is not the one"),
        (append_byte("card.json"), "card.json cannot be read"),
        (forget_version, "card.json cannot be read"),
    ],
    ids=["embedder", "detector", "card", "altered", "card-damaged", "card-misshapen"],
)
def test_a_damaged_folder_is_named(
    folder: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(folder)

    with pytest.raises(ModelUnavailable, match=message):
        load_model(folder)


def test_a_file_that_is_no_network_is_named(folder: Path) -> None:
    (folder / "embedder.pt").write_bytes(b"not a network")
    card = json.loads((folder / "card.json").read_text())
    del card["sha256"]["embedder.pt"]
    (folder / "card.json").write_text(json.dumps(card))

    with pytest.raises(ModelUnavailable, match="embedder.pt cannot be loaded"):
        load_model(folder)


def test_importing_the_recogniser_does_not_import_torch() -> None:
    program = "import sys, aifr.recognition.recognise; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_card_says_what_a_reader_needs() -> None:
    card = read_card(Settings().model_folder)

    assert card.embedding_size == 512
    assert card.trained_on and card.terms
    assert "non-commercial" in card.terms
    assert not any("fgnet" in source for source in card.trained_on)
