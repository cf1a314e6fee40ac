"""How a figure came about: command, seed, model, data, date."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from training.evaluation.bootstrap import REPLICATES
from training.evaluation.subject import Subject


@dataclass(frozen=True)
class Record:
    """What stands beside every figure. data_sha256: of the evaluation set."""

    command: str
    model: str
    model_version: str
    model_sha256: str
    trained_on: list[str] | None
    data: str
    data_sha256: str
    crops: str
    seed: int
    bootstrap_replicates: int
    date: str


def record(
    command: str, subject: Subject, data: Path, data_sha256: str, crops: str, seed: int
) -> Record:
    """The record of a run made today."""
    return Record(
        command=command,
        model=subject.name,
        model_version=subject.version,
        model_sha256=subject.sha256,
        trained_on=subject.trained_on,
        data=data.name,
        data_sha256=data_sha256,
        crops=crops,
        seed=seed,
        bootstrap_replicates=REPLICATES,
        date=datetime.now(UTC).date().isoformat(),
    )


def command_line(module: str, arguments: Sequence[str]) -> str:
    """The command as one may print it: of a path outside the project only the last part."""
    return shlex.join(["python", "-m", module, *map(_without_place, arguments)])


def _without_place(argument: str) -> str:
    path = Path(argument)
    return path.name if path.is_absolute() or ".." in path.parts else argument
