"""The model card: what a model folder holds, how its crop is made and what it was measured at."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aifr.errors import ModelUnavailable
from aifr.recognition.align import Crop

CARD = "card.json"


@dataclass(frozen=True)
class Card:
    """Contents of card.json.

    sha256: file name -> hex digest. A pixel p (0 to 255) enters the network as (p - mean) / spread.
    """

    version: str
    sha256: dict[str, str]
    crop: Crop
    mean: float
    spread: float
    embedding_size: int
    trained_on: list[str] = field(default_factory=list)
    terms: str = ""
    training: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)


def read_card(folder: Path) -> Card:
    """The card of a model folder; raises ModelUnavailable where it is missing or misshapen."""
    try:
        content = json.loads((folder / CARD).read_text())
        return Card(**{**content, "crop": Crop.read(content["crop"])})
    except FileNotFoundError:
        raise ModelUnavailable(f"The model has no {CARD}.") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelUnavailable(f"The model's {CARD} cannot be read.") from None


def write_card(folder: Path, card: Card) -> None:
    """Writes card.json."""
    (folder / CARD).write_text(json.dumps(asdict(card), indent=2) + "\n")


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_files(folder: Path, card: Card) -> None:
    """Raises ModelUnavailable naming the file that is missing or not the one the card describes."""
    for name, expected in card.sha256.items():
        path = folder / name
        if not path.is_file():
            raise ModelUnavailable(f"The model has no {name}.")
        if sha256(path) != expected:
            raise ModelUnavailable(f"The model's {name} is not the one its card describes.")
