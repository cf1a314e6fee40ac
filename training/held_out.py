"""Photos that no training learns from, to choose by and to measure leakage on.

People are held out whole. Who is, follows from a hash alone, so that every run and every measure
agree without a list.
"""

from hashlib import sha256

import numpy as np

from training.ages import UNKNOWN
from training.prepared import Prepared

ONE_IN = 16


def held_out(prepared: Prepared) -> np.ndarray:
    """Whether each photo is held out, bool (n,): one person in 16, or one photo of nobody known."""
    people = [
        name if identity == UNKNOWN else str(identity)
        for name, identity in zip(prepared.names, prepared.identities.tolist(), strict=True)
    ]
    return np.array([_chosen(f"{prepared.name}/{person}") for person in people], bool)


def _chosen(person: str) -> bool:
    return int.from_bytes(sha256(person.encode()).digest()[:8], "big") % ONE_IN == 0
