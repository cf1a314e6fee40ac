"""images_similarity in a process of its own, on research photographs (FG-NET, its public half)"""

import random
from itertools import combinations
from pathlib import Path
from zipfile import ZipFile

from tests.photos import file
from tests.served import Served

PAIRS = 100
SEED = 20261123


def drawn_pairs(names: list[str]) -> dict[bool, list[tuple[str, str]]]:
    """Pairs of one subject (True) and of two (False), drawn with the seed."""
    generator = random.Random(SEED)
    pairs: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for first, second in combinations(names, 2):
        pairs[first[:3] == second[:3]].append((first, second))
    return {same: generator.sample(found, PAIRS) for same, found in pairs.items()}


def test_pairs_of_one_person_score_above_pairs_of_two(
    served_similarity: Served, shared_data: Path
) -> None:
    with ZipFile(shared_data / "fgnet_dev.zip") as archive:
        files = {
            name.rpartition("/")[2]: archive.read(name)
            for name in archive.namelist()
            if name.endswith(".JPG")
        }

    def score(pair: tuple[str, str]) -> float:
        answer = served_similarity.post(
            {f"image{index}": file(files[name]) for index, name in enumerate(pair, 1)}
        )
        # A missed face can rank no pair: it counts as the least alike.
        return float(answer.json["similarity"]) if answer.status == 200 else -1.0

    scores = {same: [score(p) for p in pairs] for same, pairs in drawn_pairs(sorted(files)).items()}

    wins = [(a > b) + (a == b) / 2 for a in scores[True] for b in scores[False]]
    assert sum(wins) / len(wins) >= 0.76
