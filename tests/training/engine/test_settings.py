from pathlib import Path

import pytest

from training.engine.settings import TrainSettings, read_settings
from training.networks.build import NetworkSettings

LADDER = Path(__file__).parents[3] / "training" / "configs" / "ladder"
NETWORK = NetworkSettings("compact", 16)


@pytest.mark.parametrize("backbone", ["custom", "transfer"])
@pytest.mark.parametrize(
    ("row", "weights"),
    [("single", (1, 0, 0, 0)), ("multi", (1, 0.9, 0.9, 0)), ("dal", (1, 0.9, 0.9, 0.9))],
)
def test_the_rows_of_the_thesis(backbone, row, weights):
    settings = read_settings(LADDER / f"{backbone}-{row}.toml")

    assert (settings.epochs, settings.batch, settings.rate, settings.momentum) == (
        40, 64, 0.01, 0.9,
    )  # fmt: skip
    assert weights == (
        settings.identity_weight,
        settings.age_weight,
        settings.gender_weight,
        settings.decorrelation_weight,
    )
    assert (settings.minimising, settings.maximising) == (40, 30)
    assert settings.network.backbone == {"custom": "oe-cnn", "transfer": "inception"}[backbone]


def test_a_key_that_does_not_exist_is_refused(tmp_path):
    (tmp_path / "wrong.toml").write_text('epoch = 3\n[network]\nbackbone = "compact"\nside = 16\n')

    with pytest.raises(TypeError, match="epoch"):
        read_settings(tmp_path / "wrong.toml")


def test_decorrelation_without_the_factors_it_decorrelates_is_refused():
    with pytest.raises(ValueError, match="decorrelation"):
        TrainSettings(NETWORK, age_weight=0)


def test_an_unknown_decay_is_refused():
    with pytest.raises(ValueError, match="decay"):
        TrainSettings(NETWORK, decay="linear")
