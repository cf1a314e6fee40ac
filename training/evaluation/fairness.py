"""Fairness: who is missed, and who is mistaken, at the one threshold that all share."""

from dataclasses import dataclass

import numpy as np

from training.evaluation.bootstrap import Estimate, estimate
from training.evaluation.embedded import Embedded
from training.evaluation.pair_table import Pairs
from training.evaluation.verification import counted, share_above, threshold_bins, threshold_of

FMR = 0.01
AGE_BANDS = ((0, 3), (4, 12), (13, 17), (18, 25), (26, 55), (56, 120))
GAP_BANDS = ((0, 4), (5, 9), (10, 14), (15, 19), (20, 24), (25, 120))
GENDER_NAMES = ("male", "female")
FEWEST = 20


@dataclass(frozen=True)
class Band:
    """One group of pairs: false non-match rate and false match rate, with the pairs they rest on.

    kind: "younger age", "gap" or "gender".
    """

    kind: str
    name: str
    fnmr: Estimate
    fmr: Estimate
    same: int
    different: int


@dataclass(frozen=True)
class Fairness:
    """threshold: the similarity at which all pairs together have a false match rate of `fmr`."""

    fmr: float
    threshold: float
    bands: list[Band]


def fairness(photos: Embedded, pairs: Pairs, drawn: np.ndarray, fmr: float = FMR) -> Fairness:
    """The rates of every band that has at least 20 pairs of one person."""
    places = threshold_bins(counted(pairs, photos, drawn), fmr)
    bands = [
        _band(kind, name, pairs.where(chosen), photos, drawn, places)
        for kind, name, chosen in groups(photos, pairs)
        if (chosen & pairs.same).sum() >= FEWEST
    ]
    return Fairness(fmr, threshold_of(int(places[0])), bands)


def groups(photos: Embedded, pairs: Pairs) -> list[tuple[str, str, np.ndarray]]:
    """Kind, name and mask (m,) of each group; a pair has a gender where both photos have it."""
    found = [
        (kind, _years(low, high), (values >= low) & (values <= high))
        for kind, values, bands in (
            ("younger age", pairs.younger, AGE_BANDS),
            ("gap", pairs.gap, GAP_BANDS),
        )
        for low, high in bands
    ]
    one, other = photos.genders[pairs.first], photos.genders[pairs.second]
    for number, name in enumerate(GENDER_NAMES):
        found.append(("gender", name, (one == number) & (other == number)))
    return found


def _years(low: int, high: int) -> str:
    return f"{low} and over" if high == 120 else f"{low} to {high}"


def _band(
    kind: str,
    name: str,
    pairs: Pairs,
    photos: Embedded,
    drawn: np.ndarray,
    places: np.ndarray,
) -> Band:
    histograms = counted(pairs, photos, drawn)
    return Band(
        kind=kind,
        name=name,
        fnmr=estimate(1 - share_above(histograms.same, places)),
        fmr=estimate(share_above(histograms.different, places)),
        same=int(pairs.same.sum()),
        different=int((~pairs.same).sum()),
    )
