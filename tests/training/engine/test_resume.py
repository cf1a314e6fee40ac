"""A run that is killed and started again ends as an unbroken one."""

import json
import signal
import subprocess
import sys
import time

import torch

from tests.training.made import made_set, write_prepared

CONFIGURATION = """
epochs = 12
batch = 16
minimising = 4
maximising = 3
log_every = 1
checkpoint_every = 5

[network]
backbone = "compact"
side = 16
widths = [4]
depths = [1]
"""


def command(folder, run):
    return [sys.executable, "-m", "training.train", folder / "row.toml", run] + [
        "--data", folder / "made", "--device", "cpu",
    ]  # fmt: skip


def kill_after_first_checkpoint(arguments, run):
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (run / "checkpoint.pt").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (run / "run.json").exists()


def test_a_killed_run_resumes_to_the_same_losses_figures_and_weights(tmp_path):
    write_prepared(made_set(people=8, photos_each=20), tmp_path / "made")
    (tmp_path / "row.toml").write_text(CONFIGURATION)
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"

    subprocess.run(command(tmp_path, unbroken), check=True, capture_output=True)
    kill_after_first_checkpoint(command(tmp_path, broken), broken)
    subprocess.run(command(tmp_path, broken), check=True, capture_output=True)

    expected, given = (json.loads((run / "run.json").read_text()) for run in (unbroken, broken))
    assert given == expected
    assert [step["step"] for step in given["history"]] == list(range(len(given["history"])))
    weights = [torch.load(run / "network.pt", weights_only=True) for run in (unbroken, broken)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
