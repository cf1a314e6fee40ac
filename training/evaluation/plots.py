"""Plots of aggregates, as SVG that the same figures draw the same."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.evaluation.likelihood import ReliabilityCurve
from training.evaluation.pair_table import WIDE_GAP, Pairs
from training.evaluation.protocols import Material
from training.evaluation.ranking import GAPS, SingleMate
from training.evaluation.verification import counted, share_from

SIZE = (6.4, 4.2)
matplotlib.rcParams["svg.hashsalt"] = "aifr"


def roc_by_gap(material: Material, path: Path) -> None:
    """True against false acceptance, one line for each least gap."""
    figure, axes = _figure("false acceptance rate", "true acceptance rate")
    once = np.ones((1, material.photos.identity_count))
    for gap in GAPS:
        pairs = material.pairs.where(material.pairs.gap >= gap)
        histograms = counted(pairs, material.photos, once)
        false, true = (share_from(side)[0] for side in (histograms.different, histograms.same))
        axes.plot(false, true, label=f"gap of {gap} years or more")
    axes.set(xscale="log", xlim=(1e-4, 1), ylim=(0, 1))
    _save(figure, axes, path)


def rank_by_gap(results: Mapping[str, Sequence[SingleMate]], path: Path) -> None:
    """Single-mate rank-1 with its interval, one line for each model."""
    figure, axes = _figure("age gap of at least (years)", "rank-1, one mate")
    for name, cuts in results.items():
        gaps = [cut.gap for cut in cuts]
        (line,) = axes.plot(gaps, [cut.rank1.value for cut in cuts], marker="o", label=name)
        low, high = ([getattr(cut.rank1, end) for cut in cuts] for end in ("low", "high"))
        axes.fill_between(gaps, low, high, alpha=0.15, color=line.get_color())
    axes.set(ylim=(0, 1))
    _save(figure, axes, path)


def reliability_diagram(curves: Mapping[str, ReliabilityCurve], path: Path) -> None:
    """Observed against predicted share of one person's pairs, at even prior odds."""
    figure, axes = _figure("predicted share of one person's pairs", "observed share")
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="perfect")
    for name, curve in curves.items():
        (line,) = axes.plot(curve.predicted, curve.observed, label=name)
        axes.scatter(
            curve.predicted, curve.observed, 8 + 300 * curve.weight, color=line.get_color()
        )
    axes.set(xlim=(0, 1), ylim=(0, 1))
    _save(figure, axes, path)


def similarity_histograms(pairs: Pairs, path: Path) -> None:
    """How similarities of one person's and of two people's pairs spread, near and far in age."""
    figure, axes = _figure("similarity", "density")
    edges = np.linspace(pairs.similarity.min(), pairs.similarity.max(), 60)
    for same, who in ((True, "one person"), (False, "two people")):
        for far, when in ((False, f"under {WIDE_GAP} years"), (True, f"{WIDE_GAP} or more")):
            chosen = (pairs.same == same) & ((pairs.gap >= WIDE_GAP) == far)
            density, _ = np.histogram(pairs.similarity[chosen], edges, density=True)
            style = "--" if far else "-"
            axes.stairs(density, edges, label=f"{who}, {when}", linestyle=style)
    _save(figure, axes, path)


def _figure(across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(SIZE, layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel=across, ylabel=up)
    axes.grid(alpha=0.3)
    return figure, axes


def _save(figure: Figure, axes: Axes, path: Path) -> None:
    axes.legend(fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
