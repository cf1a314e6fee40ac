"""Every row of the ladder trains from its configuration, made small."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from tests.training.made import made_set, write_prepared
from training.engine.lessons import join
from training.engine.loop import train
from training.engine.settings import read_settings
from training.networks.build import NetworkSettings, build_network

LADDER = Path(__file__).parents[3] / "training" / "configs" / "ladder"
ROWS = sorted(path.stem for path in LADDER.glob("*.toml"))
# InceptionResnetV1's unpadded convolutions need 75 pixels.
SIDES = {"inception": 80}


def small(settings):
    side = SIDES.get(settings.network.backbone, 16)
    network = replace(settings.network, side=side, widths=[4, 8], depths=[1, 1], pretrained="none")
    return replace(
        settings, network=network, epochs=2, batch=8, minimising=2, maximising=1, log_every=1
    )


@pytest.mark.parametrize("row", ROWS)
def test_a_row_trains_and_leaves_weights_and_a_record(row, tmp_path):
    settings = small(read_settings(LADDER / f"{row}.toml"))
    lessons = join([made_set(people=3, photos_each=8, side=settings.network.side)], 2)

    train(settings, lessons, tmp_path, torch.device("cpu"))

    run = json.loads((tmp_path / "run.json").read_text())
    network = build_network(NetworkSettings(**run["settings"]["network"]))
    network.load_state_dict(torch.load(tmp_path / "network.pt", weights_only=True))
    assert run["settings"] == asdict(settings)
    assert {"sources", "data_sha256", "versions", "figures", "history"} <= set(run)
    assert {"trained", "held_out"} == set(run["figures"])
    assert len(run["held_out"]) == 3
    assert all(abs(step["total"]) < 1e4 for step in run["history"] if "total" in step)
    assert list((tmp_path / "tensorboard").iterdir())


def test_the_ladder_is_complete():
    backbones, systems = ("custom", "transfer"), ("single", "multi", "dal")

    assert {f"{b}-{s}" for b in backbones for s in systems} | {"default"} == set(ROWS)


def test_chance_stands_beside_every_correlation(tmp_path):
    settings = small(read_settings(LADDER / "custom-dal.toml"))

    train(settings, join([made_set(people=3)], 2), tmp_path, torch.device("cpu"))

    run = json.loads((tmp_path / "run.json").read_text())
    history = run["history"]
    assert set(run["figures"]["trained"]) >= {"correlation", "correlation_by_chance"}
    assert all(("decorrelation" in step) == ("chance" in step) for step in history)
    assert all("decorrelation" in step for step in history)


def test_a_row_without_dal_has_no_correlation_for_its_mapping_never_learnt(tmp_path):
    settings = small(read_settings(LADDER / "custom-multi.toml"))

    found = train(settings, join([made_set(people=3)], 2), tmp_path, torch.device("cpu"))

    assert set(found["trained"]) == {"identity_accuracy", "age_group_accuracy", "gender_accuracy"}


def test_crops_of_another_side_than_the_networks_are_refused(tmp_path):
    settings = small(read_settings(LADDER / "custom-single.toml"))

    with pytest.raises(ValueError, match="crops of 24 px for a network of 16"):
        train(settings, join([made_set(side=24)], 2), tmp_path, torch.device("cpu"))


def test_a_run_does_not_resume_one_of_other_settings(tmp_path):
    settings = small(read_settings(LADDER / "custom-single.toml"))
    lessons = join([made_set(people=3)], 2)
    train(settings, lessons, tmp_path, torch.device("cpu"))

    with pytest.raises(ValueError, match="other settings or data"):
        train(replace(settings, rate=0.5), lessons, tmp_path, torch.device("cpu"))


def test_people_of_too_few_photos_alone_cannot_be_trained_on(tmp_path):
    settings = replace(small(read_settings(LADDER / "custom-single.toml")), fewest_photos=99)

    with pytest.raises(ValueError, match="99"):
        train(settings, join([made_set()], 99), tmp_path, torch.device("cpu"))


def test_the_command_trains_and_prints_the_figures(tmp_path):
    data = write_prepared(made_set(people=3), tmp_path / "made")
    (tmp_path / "row.toml").write_text(
        'epochs = 1\nbatch = 8\n[network]\nbackbone = "compact"\nside = 16\n'
        "widths = [4]\ndepths = [1]\n"
    )

    finished = subprocess.run(
        [sys.executable, "-m", "training.train", tmp_path / "row.toml", tmp_path / "run"]
        + ["--data", data, "--device", "cpu"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(finished.stdout)["held_out"]["correlation_by_chance"] > 0
    assert (tmp_path / "run" / "network.pt").exists()
