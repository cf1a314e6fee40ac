"""One version of every dependency, wherever it is named."""

import tomllib

import pytest

from tests.served import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["casebook"]]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/requirements.txt"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_name_the_projects_pins(function: str) -> None:
    lines = (ROOT / "functions" / function / "requirements.txt").read_text().split()

    assert set(lines) <= set(PINS)


def test_every_pin_is_exact() -> None:
    extras = [pin for pins in PROJECT["optional-dependencies"].values() for pin in pins]

    for pin in [*PROJECT["dependencies"], *extras]:
        assert "==" in pin, pin
