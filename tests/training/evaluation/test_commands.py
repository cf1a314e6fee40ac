"""The commands, from files to files."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aifr.recognition.calibration import PhotoFacts, assess_pair, chance_rate
from aifr.recognition.card import read_card
from tests.training.evaluation.places import read_json, write_model, write_people
from tests.training.made import made_set, write_prepared
from training import calibrate, evaluate
from training.evaluation.embedded import Embedded, embed_dataset
from training.evaluation.protocols import PROTOCOLS


def run(module: object, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["command", *map(str, arguments)])
    module.main()  # type: ignore[attr-defined]


def test_all_protocols_leave_figures_with_how_they_came_about(
    model_folder: Path, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    place = ("--model", model_folder, "--data", people, "--cache", tmp_path / "cache")
    run(evaluate, monkeypatch, "all", *place, "--out", out, "--seed", 7)

    assert len(PROTOCOLS) == 7
    for name in PROTOCOLS:
        record = read_json(out / f"{name}.json")
        assert record["figures"]
        assert (record["seed"], record["model_version"]) == (7, "made-1")
        assert record["command"].startswith("python -m training.evaluate all --model squares")
        assert str(tmp_path) not in (out / f"{name}.md").read_text()
    assert (out / "pairs.csv").read_text().startswith("first,second,same_person")


def test_the_report_has_every_model_in_every_section(
    model_folder: Path,
    teacher: Path,
    fgnet: Path,
    people: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evaluate, "photos_of", by_landmarks)
    docs = tmp_path / "docs"

    place = ("--model", model_folder, "--teachers", teacher, "--data", fgnet)
    more = ("--labelled", people, "--cache", tmp_path / "cache", "--out", docs)
    run(evaluate, monkeypatch, "report", *place, *more)

    text = (docs / "results.md").read_text()
    sections = text.split("\n## ")
    assert len(sections) == 1 + 7 + 2
    for section in sections[1:8]:
        assert "    python -m training." in section
    assert "DAL (Wang et al. 2019) | 94.50" in text and "the thesis | 94.61" in text
    assert str(tmp_path) not in text
    for plot in ("rank-by-gap", "roc-by-gap", "similarities", "reliability"):
        assert f"results/{plot}.svg" in text
        assert (docs / "results" / f"{plot}.svg").stat().st_size > 1000
    assert read_json(docs / "results" / "squares.json")["figures"]["single-mate"]


def by_landmarks(subject, place, dataset, mode, cache) -> Embedded:  # type: ignore[no-untyped-def]
    """No detector finds a face in noise."""
    return embed_dataset(subject, dataset, place, "landmarks", cache)


def test_every_command_of_the_report_names_model_data_and_seed(
    model_folder: Path,
    fgnet: Path,
    people: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evaluate, "photos_of", by_landmarks)

    place = ("--model", model_folder, "--data", fgnet, "--seed", 3, "--labelled", people)
    run(evaluate, monkeypatch, "report", *place, "--cache", tmp_path, "--out", tmp_path / "docs")

    text = (tmp_path / "docs" / "results.md").read_text()
    shared = "--model squares --data fgnet"
    evaluated = f"python -m training.evaluate {{}} {shared} --dataset fgnet --seed 3"
    lines = text.splitlines()
    for protocol in PROTOCOLS:
        assert f"    {evaluated.format(protocol)}" in lines
    assert f"    {evaluated.format('leakage')} --labelled people" in lines
    assert f"    {evaluated.format('all')} --crops landmarks" in lines
    assert f"    python -m training.calibrate {shared} --seed 3" in lines


@pytest.mark.parametrize("learnt", [True, False])
def test_leakage_says_where_the_model_learnt_from_the_photos_it_is_probed_on(
    detector: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learnt: bool
) -> None:
    trained_on = ["utkface: 160 photos"] if learnt else ["lfw: 3 photos"]
    model = write_model(tmp_path / "squares", detector, trained_on)
    labelled = write_people(tmp_path / "labelled", name="utkface")

    place = ("--model", model, "--data", labelled, "--labelled", labelled)
    run(evaluate, monkeypatch, "leakage", *place, "--cache", tmp_path, "--out", tmp_path)

    assert ("learnt from this data set" in (tmp_path / "leakage.md").read_text()) == learnt


def test_photos_of_unknown_people_are_no_one_person(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_set(side=112)
    unnamed = replace(made, identities=np.full_like(made.identities, -1))
    data = write_prepared(unnamed, tmp_path / "unnamed")

    with pytest.raises(ValueError, match="single-mate needs the identity of every photo"):
        place = ("--model", model_folder, "--data", data, "--cache", tmp_path)
        run(evaluate, monkeypatch, "single-mate", *place)


def test_a_model_is_not_measured_on_lfw_where_it_was_trained_on_it(
    model_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    lfw = write_people(tmp_path / "lfw", name="lfw")

    place = ("--model", model_folder, "--data", lfw, "--cache", tmp_path / "cache")
    run(evaluate, monkeypatch, "verification", *place)

    assert "cannot be measured there" in capsys.readouterr().out


def test_a_teacher_is_measured_on_lfw_by_ten_folds(
    teacher: Path, detector: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lfw = write_people(tmp_path / "lfw", name="lfw", people=40)

    place = ("--model", teacher, "--detector", detector, "--data", lfw)
    run(evaluate, monkeypatch, "verification", *place, "--cache", tmp_path, "--out", tmp_path)

    figures = read_json(tmp_path / "ten-fold.json")["figures"]
    assert figures["pairs"] == 6000
    assert 0.6 < figures["accuracy"]["value"] < 1


def test_calibrating_writes_into_the_card_what_serving_reads(
    model_folder: Path, fgnet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "embed_dataset", detected_by_landmarks)

    place = ("--model", model_folder, "--data", fgnet, "--cache", tmp_path / "cache")
    run(calibrate, monkeypatch, *place)

    card = read_card(model_folder)
    figures = card.figures["calibration"]
    first = PhotoFacts(20, {})
    alike, unlike = (assess_pair(s, first, first, card.calibration) for s in (0.95, 0.0))
    assert alike is not None and unlike is not None
    assert alike.likelihood_ratio > 1 > unlike.likelihood_ratio
    for name in ("ages_given", "ages_expected"):
        costs = figures[name]["cllr_by_form"]
        assert figures[name]["all"]["cllr"]["value"] == min(costs.values()) < 1
        assert costs[card.calibration[name]["form"]] == min(costs.values())
        assert card.calibration[name]["people"] == 10
    assert card.calibration["chance"]["rates"][0] == 1 == chance_rate(0.001, card.calibration)


def detected_by_landmarks(subject, dataset, place, mode, cache) -> Embedded:  # type: ignore[no-untyped-def]
    """No detector finds a face in noise."""
    return embed_dataset(subject, dataset, place, "landmarks", cache)
