"""Two processes give what one gives with the same whole batch, augmented."""

import json
import os
import socket
import subprocess
import sys

import pytest
import torch

from tests.training.made import made_set, write_prepared

CONFIGURATION = """
epochs = 2
batch = 16
minimising = 3
maximising = 2
log_every = 1

[network]
backbone = "compact"
side = 16
widths = [4, 8]
depths = [1, 1]
"""


def train_with(processes, folder, run):
    """What torchrun does, without its rendezvous: the processes find each other by environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "training.train", folder / "row.toml", run] + [
        "--data", folder / "made", "--device", "cpu",
    ]  # fmt: skip
    group = {"WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    started = [
        subprocess.Popen(
            arguments,
            env={**os.environ, **group, "RANK": str(rank), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(processes)
    ]
    errors = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0] * processes, errors
    return json.loads((run / "run.json").read_text())


@pytest.mark.parametrize("weight", [0.9, 0.0], ids=["dal", "single-task"])
def test_two_processes_have_the_loss_curve_of_one(tmp_path, weight):
    write_prepared(made_set(people=4, photos_each=20), tmp_path / "made")
    names = ("age_weight", "gender_weight", "decorrelation_weight")
    weights = "".join(f"{name} = {weight}\n" for name in names)
    (tmp_path / "row.toml").write_text(weights + CONFIGURATION)

    one = train_with(1, tmp_path, tmp_path / "one")
    two = train_with(2, tmp_path, tmp_path / "two")

    assert (one["processes"], two["processes"]) == (1, 2)
    for expected, given in zip(one["history"], two["history"], strict=True):
        # Sums in another order differ in the last digits, which later steps amplify.
        tolerance = 1e-5 if expected["step"] < 6 else 1e-2
        assert given == pytest.approx(expected, rel=tolerance)
    first, second = (
        torch.load(tmp_path / run / "network.pt", weights_only=True) for run in ("one", "two")
    )
    for name in first:
        torch.testing.assert_close(second[name], first[name], rtol=1e-2, atol=2e-3)
