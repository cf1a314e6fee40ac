"""Files made to cost time or memory: a named error or a picture, soon, and in little memory."""

import random
import struct
from collections.abc import Iterator

import pytest

from aifr import errors
from aifr.settings import MEBI, Settings
from tests.photos import portrait
from tests.recognition.carriers import carriers
from tests.recognition.heif_boxes import grid, tile_of
from tests.recognition.hostile import HOSTILE
from tests.recognition.measured import PICTURE, Cost, costs

SEED = 20_261_125
MOST_SECONDS = 2.0
# What a file is read into and passed on as, beside the decoder's own memory.
MOST_MEMORY = Settings().max_decode_bytes + 64 * MEBI
NAMED = {name for name in dir(errors) if not name.startswith("_")} | {PICTURE}
EXTREMES = [0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF]


def is_harmless(cost: Cost, length: int) -> bool:
    """Half a second to begin with, and 150 ns a byte, of a CPU that others use as well."""
    soon = cost.seconds < min(MOST_SECONDS, 0.5 + length * 150e-9)
    return cost.said in NAMED and soon and cost.memory < MOST_MEMORY


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "HEIC", "TIFF", "other"])
def test_a_hostile_file_costs_little_and_ends_in_a_named_error_or_a_picture(kind: str) -> None:
    names = [name for name in HOSTILE if name.startswith(f"{kind}:")]
    assert len(HOSTILE) >= 60

    found = dict(zip(names, costs(HOSTILE[name]() for name in names), strict=True))

    assert len(found) == len(names)
    harmful = {
        name: cost
        for name, cost in found.items()
        if cost.said not in NAMED or cost.seconds > MOST_SECONDS or cost.memory > MOST_MEMORY
    }
    assert harmful == {}


def seeds() -> Iterator[bytes]:
    """A good file of every kind, each with all that such files carry."""
    yield from dict(carriers()).values()
    yield grid(tile_of(portrait()), (1024, 1024), 2, 2)


def mutated(chance: random.Random, whole: bytes) -> bytes:
    """The file with its head, mostly, not as it should be."""
    data = bytearray(whole)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        place = min(int(chance.expovariate(1 / 150)), len(data) - 1)
        how = chance.randrange(5)
        if how == 0:
            data[place] = chance.randrange(256)
        elif how == 1:
            number = struct.pack(chance.choice("<>") + "I", chance.choice(EXTREMES))
            data[place : place + 4] = number[: chance.choice([2, 4])].ljust(4, b"\0")
        elif how == 2:
            del data[place : place + chance.choice([1, 2, 4, 100])]
        elif how == 3:
            piece = data[place : place + chance.choice([1, 4, 12, 64])]
            data[place:place] = piece * chance.choice([1, 10, 1000])
        else:
            del data[max(16, chance.randrange(len(data))) :]
    return bytes(data)


def test_a_head_that_is_not_as_it_should_be_costs_no_more_than_its_bytes_are_worth() -> None:
    chance = random.Random(SEED)
    good = list(seeds())
    files = [mutated(chance, chance.choice(good)) for _ in range(500)]

    found = costs(files)

    harmful = {
        (index, cost)
        for index, (data, cost) in enumerate(zip(files, found, strict=True))
        if not is_harmless(cost, len(data))
    }
    assert harmful == set()
    # Some break nothing that matters, and many do.
    assert 60 < sum(cost.said == PICTURE for cost in found) < 440
