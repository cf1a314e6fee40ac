"""The protocols by name: an embedded set in, figures and tables out."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np

from training.ages import UNKNOWN
from training.evaluation.bootstrap import draws
from training.evaluation.embedded import Embedded
from training.evaluation.fairness import Fairness, fairness
from training.evaluation.holdout import holdout
from training.evaluation.leakage import leakage
from training.evaluation.outcome import Outcome, Table, show
from training.evaluation.pair_table import WIDE_GAP, Pairs, group_cells, matched_weights, pairs_of
from training.evaluation.ranking import GAPS, leave_one_out, single_mate
from training.evaluation.thesis_pairs import COUNT, PairAccuracy, ThesisPairs, thesis_pairs
from training.evaluation.verification import FALSE_ACCEPTANCE_RATES, Verification, verification


@dataclass(frozen=True)
class Material:
    """What protocols share: the photos, their pairs and the draws of the bootstrap."""

    photos: Embedded
    seed: int

    @cached_property
    def pairs(self) -> Pairs:
        """All pairs."""
        return pairs_of(self.photos)

    @cached_property
    def drawn(self) -> np.ndarray:
        """See `draws`."""
        return draws(self.photos.identity_count, self.seed)

    @cached_property
    def thesis_pairs(self) -> ThesisPairs:
        """See `thesis_pairs`."""
        return thesis_pairs(self.photos, self.pairs, self.drawn, self.seed)


def run_holdout(material: Material) -> Outcome:
    """Identity accuracy with 80 % of everyone's photos known."""
    result = holdout(material.photos, material.seed)
    row = (str(result.people), str(result.photos), show(result.accuracy))
    return Outcome(result, [Table(("people", "held-out photos", "accuracy"), [row])])


def run_pairs(material: Material) -> Outcome:
    """Accuracy on drawn pairs at 0.5 and at a threshold chosen on other people."""
    result = material.thesis_pairs
    same = int(result.pairs.same.sum())
    notes = [f"{same} pairs of one person and {len(result.pairs.same) - same} of two."]
    if same < COUNT:
        notes.append(f"The set has no more than {same} pairs {WIDE_GAP} years or more apart.")
    if (material.photos.genders == UNKNOWN).all():
        notes.append("Without labels of gender the pairs are not balanced by it.")
    low, high = result.thresholds
    figures = {
        "pairs": len(result.pairs.same),
        "at_half": result.at_half,
        "at_chosen": result.at_chosen,
        "chosen_thresholds": result.thresholds,
    }
    rows = [
        _accuracy_row("0.5, as the thesis", result.at_half),
        _accuracy_row(f"{low:.3f} to {high:.3f}, chosen on other people", result.at_chosen),
    ]
    header = ("threshold", "accuracy", "right on one person", "right on two people")
    return Outcome(figures, [Table(header, rows)], notes)


def _accuracy_row(name: str, accuracy: PairAccuracy) -> tuple[str, ...]:
    return (name, show(accuracy.accuracy), show(accuracy.same), show(accuracy.different))


def run_leave_one_out(material: Material) -> Outcome:
    """Rank-1 among all other photos, and how near in age the mates are."""
    result = leave_one_out(material.photos, material.drawn)
    near = ", ".join(
        f"{share:.0%} within {years} {'year' if years == 1 else 'years'}"
        for years, share in result.mates_within.items()
    )
    notes = [
        "A photo of the same person is mostly near in age, so that this says little about ageing: "
        f"{near}."
    ]
    row = (show(result.rank1), str(result.photos), str(result.missed))
    return Outcome(result, [Table(("rank-1", "photos", "missed faces"), [row])], notes)


def run_single_mate(material: Material) -> Outcome:
    """Rank-1 of one mate among all other people's photos, by gap."""
    results = single_mate(material.photos, material.drawn)
    header = tuple(f"gap >= {result.gap} ({result.pairs} pairs)" for result in results)
    return Outcome(results, [Table(header, [tuple(show(result.rank1) for result in results)])])


def run_verification(material: Material) -> Outcome:
    """AUC, EER and TAR by gap, against all pairs of two people and against matched ones."""
    found = {gap: _verified(material, gap) for gap in GAPS}
    rows = [
        (f">= {gap}", name, *_verification_cells(result))
        for gap, results in found.items()
        for name, result in results.items()
    ]
    rates = tuple(f"TAR at FAR {far:.1%}" for far in FALSE_ACCEPTANCE_RATES)
    header = ("gap", "pairs of two people", "AUC", "EER", *rates, "pairs of one")
    notes = ["Pairs of two people have the same least gap as those of one."]
    if (material.photos.genders == UNKNOWN).all():
        notes.append("Matched by the two age groups alone: the set has no labels of gender.")
    return Outcome(found, [Table(header, rows)], notes)


def _verified(material: Material, gap: int) -> dict[str, Verification]:
    pairs = material.pairs.where(material.pairs.gap >= gap)
    weights = matched_weights(pairs.same, group_cells(pairs, material.photos))
    return {
        "all": verification(pairs, material.photos, material.drawn),
        "matched": verification(pairs, material.photos, material.drawn, weights),
    }


def _verification_cells(result: Verification) -> tuple[str, ...]:
    figures = (result.auc, result.eer, *result.tar.values())
    return (*map(show, figures), str(result.same))


def run_fairness(material: Material) -> Outcome:
    """FNMR and FMR of each group at one threshold."""
    result = fairness(material.photos, material.pairs, material.drawn)
    return Outcome(asdict(result), [_fairness_table(result)], _fairness_notes(result))


def _fairness_table(result: Fairness) -> Table:
    rows = [
        (band.kind, band.name, show(band.fnmr), show(band.fmr), str(band.same))
        for band in result.bands
    ]
    return Table(("by", "group", "FNMR", "FMR", "pairs of one person"), rows)


def _fairness_notes(result: Fairness) -> list[str]:
    notes = [f"At the threshold {result.threshold:.3f}, where all pairs have FMR {result.fmr:.0%}."]
    if all(band.kind != "gender" for band in result.bands):
        notes.append("The set has no labels of gender.")
    return notes


def run_leakage(material: Material) -> Outcome:
    """What probes read from x_id, and from x where a checkpoint gave both."""
    photos = material.photos
    features = {"x_id": photos.embeddings, **photos.features}
    seen = {name: values[photos.found] for name, values in features.items()}
    labels = (photos.ages[photos.found], photos.genders[photos.found])
    leaks = leakage(seen, *labels, photos.identities[photos.found], material.seed)
    header = ("feature", "label", "probe", "mean recall", "chance", "photos")
    rows = [
        (
            one.feature,
            one.label,
            one.probe,
            show(one.accuracy),
            f"{one.chance:.3f}",
            str(one.photos),
        )
        for one in leaks
    ]
    missing = {"age group", "gender"} - {one.label for one in leaks}
    notes = [f"Too few labels of {label} in this set." for label in sorted(missing)]
    return Outcome(leaks, [Table(header, rows)], notes)


PROTOCOLS: dict[str, Callable[[Material], Outcome]] = {
    "holdout": run_holdout,
    "pairs": run_pairs,
    "leave-one-out": run_leave_one_out,
    "single-mate": run_single_mate,
    "verification": run_verification,
    "leakage": run_leakage,
    "fairness": run_fairness,
}
