"""docs/results.md: every protocol on the committed model and on the teachers, with plots."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from training.atomic import write_atomically
from training.evaluation import plots
from training.evaluation.calibrating import (
    EXPECTED,
    FORMS,
    GIVEN,
    HeldOut,
    held_out,
    quality,
    with_expected_ages,
)
from training.evaluation.likelihood import reliability_curve
from training.evaluation.outcome import Outcome, Table, as_json, markdown, show, stacked
from training.evaluation.pair_table import WIDE_GAP
from training.evaluation.protocols import PROTOCOLS, Material
from training.evaluation.published import PUBLISHED
from training.evaluation.ranking import leave_one_out, single_mate
from training.evaluation.record import Record, command_line
from training.evaluation.subject import Subject
from training.evaluation.thesis_pairs import write_pairs
from training.evaluation.verification import verification

WIDE = f"gap >= {WIDE_GAP}"
TITLES = {
    "single-mate": "Single mate: one photo of a person among other people's (the headline)",
    "leave-one-out": "Leave-one-out",
    "verification": "Verification",
    "pairs": "Pairs at one threshold",
    "holdout": "Holdout",
    "leakage": "Leakage",
    "fairness": "Fairness",
}


@dataclass(frozen=True)
class Evaluated:
    """A model with what it made of the evaluation set. landmarks: the set aligned by the
    annotators' points. labelled: photos of known age and gender for leakage, where there are any;
    labelled_notes: what to say of them. options: those of `training.evaluate` that name model, data
    and seed; labelled_options: those for `labelled`.
    """

    subject: Subject
    detected: Material
    landmarks: Material
    labelled: Material | None
    labelled_notes: list[str]
    record: Record
    options: list[str]
    labelled_options: list[str]

    def outcome(self, protocol: str) -> Outcome:
        """What a protocol gives."""
        return PROTOCOLS[protocol](self.detected)


def write_report(models: list[Evaluated], folder: Path) -> None:
    """Writes results.md and results/: plots, the list of pairs and one JSON a model.

    models: the committed one first.
    """
    results = folder / "results"
    outcomes = {
        protocol: {one.subject.name: one.outcome(protocol) for one in models} for protocol in TITLES
    }
    first = models[0]
    calibration = _held_out(first)
    _write_plots(models, outcomes, calibration, results)
    write_pairs(first.detected.thesis_pairs, first.detected.photos, results / "pairs.csv")
    for one in models:
        figures = {name: found[one.subject.name].figures for name, found in outcomes.items()}
        _write(
            results / f"{one.subject.name}.json", as_json({**vars(one.record), "figures": figures})
        )
    sections = [_introduction(first.record)]
    sections += [_section(name, found, models) for name, found in outcomes.items()]
    sections += [_calibration(calibration, first), _reproduction(models)]
    _write(folder / "results.md", "\n\n".join(sections) + "\n")


def _introduction(record: Record) -> str:
    return f"""# Results

All of this is made by one command:

    {record.command}

on {record.data} (sha256 {record.data_sha256[:16]}), {record.date}, seed {record.seed}. FG-NET is a
measure only: nothing here was trained on it, but the calibration, which is judged on other people
than it was fitted on. Photos go the whole way from their bytes through decoding, detection and
alignment. The command of each section gives the rows of the first model; a teacher's file as
`--model` gives the teacher's. Brackets hold 95 % intervals by {record.bootstrap_replicates}
bootstrap draws of people. The JSON files in [results](results) hold the same figures and more."""


def _section(protocol: str, found: Mapping[str, Outcome], models: list[Evaluated]) -> str:
    parts = [f"## {TITLES[protocol]}", f"    {_command(protocol, models[0])}"]
    tables = [(name, outcome.tables[0]) for name, outcome in found.items()]
    parts.append(markdown(stacked(tables)))
    parts += _notes(found)
    parts += [f"![{title}](results/{plot}.svg)" for title, plot in PLOTS.get(protocol, ())]
    if protocol == "leakage" and models[0].labelled is not None:
        parts += _labelled_leakage(models[0], models[0].labelled)
    if protocol == "leave-one-out":
        parts.append(_published(found, models))
    return "\n\n".join(parts)


def _notes(found: Mapping[str, Outcome]) -> list[str]:
    """One paragraph; what is not said of every model alike, with the model's name."""
    shared = set.intersection(*(set(outcome.notes) for outcome in found.values()))
    notes = [note for note in next(iter(found.values())).notes if note in shared]
    notes += [
        f"{name}: {note}"
        for name, outcome in found.items()
        for note in outcome.notes
        if note not in shared
    ]
    return [" ".join(notes)] if notes else []


def _labelled_leakage(model: Evaluated, labelled: Material) -> list[str]:
    """Leakage on as many photos of each age group and gender, the committed model alone."""
    count = len(labelled.photos.names)
    outcome = PROTOCOLS["leakage"](labelled)
    return [
        f"The committed model on {count:,} photos, equally many of each age group and gender:",
        f"    {_command('leakage', model, *model.labelled_options)}",
        markdown(outcome.tables[0]),
        *outcome.notes,
        *model.labelled_notes,
    ]


PLOTS = {
    "single-mate": (("Rank-1 by age gap", "rank-by-gap"),),
    "verification": (("ROC by age gap", "roc-by-gap"), ("Similarities", "similarities")),
}


def _published(found: Mapping[str, Outcome], models: list[Evaluated]) -> str:
    """The table of the thesis with every model of ours."""
    rows = [(name, f"{rank:.2f}", "as published") for name, rank in PUBLISHED]
    for one in models:
        rank = found[one.subject.name].figures.rank1.value
        rows.append((f"{one.subject.name} (ours)", f"{100 * rank:.2f}", one.subject.origin))
    lines = [
        "Beside what others published. They measured on all 1,002 photos of 82 people, ours on",
        f"{len(models[0].detected.photos.names)} of them, so the rows do not compare exactly.",
    ]
    table = markdown(Table(("method", "rank-1, %", "backbone and training data"), rows))
    return "\n".join(lines) + "\n\n" + table


def _held_out(model: Evaluated) -> dict[str, HeldOut]:
    """Held-out likelihood ratios by calibrations of the forms that the model's card has."""
    photos, pairs = model.detected.photos, model.detected.pairs
    forms, seed = model.subject.forms, model.record.seed
    given = held_out(photos, pairs, FORMS[forms.get(GIVEN, "similarity")], seed)
    found = {"ages given": given, f"ages given, {WIDE}": given.where(given.gap >= WIDE_GAP)}
    if EXPECTED in forms:
        expected = with_expected_ages(photos, pairs)
        found["ages expected from the photos"] = held_out(
            photos, expected, FORMS[forms[EXPECTED]], seed
        )
    return found


def _calibration(cuts: Mapping[str, HeldOut], first: Evaluated) -> str:
    measured = {name: quality(cut, first.detected.drawn) for name, cut in cuts.items()}
    rows = [
        (name, show(found.cllr), f"{found.cllr_min:.3f}", f"{found.ece:.3f}")
        for name, found in measured.items()
    ]
    return "\n\n".join(
        [
            "## Calibration",
            f"    {_calibrate_command(first)}",
            "Likelihood ratios of pairs of people that the calibration was not fitted on, at even "
            "prior odds; the form of the calibration was chosen on these same pairs, which makes "
            "the figures slightly optimistic. Cllr is 0 for perfect likelihood ratios and 1 for "
            "none; Cllr-min is what no calibration can mend. The expected calibration error is the "
            "mean distance between predicted and observed share.",
            markdown(Table(("pairs", "Cllr", "Cllr-min", "expected calibration error"), rows)),
            "![Reliability of the likelihood ratios](results/reliability.svg)",
        ]
    )


def _reproduction(models: list[Evaluated]) -> str:
    """The models on landmark-aligned crops, as the teachers' figures were published."""
    rows = []
    for one in models:
        material = one.landmarks
        far = material.pairs.where(material.pairs.gap >= WIDE_GAP)
        rank = leave_one_out(material.photos, material.drawn).rank1
        mates = single_mate(material.photos, material.drawn)
        mate = next(cut for cut in mates if cut.gap == WIDE_GAP)
        area = verification(far, material.photos, material.drawn).auc
        rows.append((one.subject.name, show(rank), show(mate.rank1), show(area)))
    header = ("model", "leave-one-out", f"single mate, {WIDE}", f"AUC, {WIDE}")
    lines = ["## On crops aligned by the annotators' points", markdown(Table(header, rows))]
    lines.insert(1, f"    {_command('all', models[0], '--crops', 'landmarks')}")
    return "\n\n".join(lines)


def _command(protocol: str, model: Evaluated, *more: str) -> str:
    return command_line("training.evaluate", [protocol, *model.options, *more])


def _calibrate_command(model: Evaluated) -> str:
    pairs = zip(model.options[::2], model.options[1::2], strict=True)
    shared = [word for pair in pairs if pair[0] != "--dataset" for word in pair]
    return command_line("training.calibrate", shared)


def _write_plots(
    models: list[Evaluated],
    outcomes: Mapping[str, Mapping[str, Outcome]],
    calibration: Mapping[str, HeldOut],
    folder: Path,
) -> None:
    first = models[0].detected
    ranks = {name: outcome.figures for name, outcome in outcomes["single-mate"].items()}
    plots.rank_by_gap(ranks, folder / "rank-by-gap.svg")
    plots.roc_by_gap(first, folder / "roc-by-gap.svg")
    plots.similarity_histograms(first.pairs, folder / "similarities.svg")
    curves = {
        name: reliability_curve(cut.log_ratios, cut.same, cut.weights)
        for name, cut in calibration.items()
    }
    plots.reliability_diagram(curves, folder / "reliability.svg")


def _write(path: Path, text: str) -> None:
    write_atomically(path, lambda file: file.write(text.encode()))
