"""From similarity and ages to a likelihood ratio and a sentence."""

import re

import numpy as np
import pytest

from aifr.recognition.calibration import (
    GROUP_YEARS,
    PhotoFacts,
    ages_of_pair,
    assess_pair,
    chance_rate,
    likelihood_ratio,
    log_likelihood_ratios,
    reading,
    reasons_for_doubt,
)
from aifr.recognition.quality import Reason

PARAMETERS = {
    "gaps": [0, 10, 30],
    "younger_ages": [0, 18],
    "offsets": [[-6.0, -4.0, -3.0], [-5.0, -3.0, -2.0]],
    "slopes": [[20.0, 16.0, 8.0], [24.0, 18.0, 10.0]],
    "bounds": [0.02, 800.0],
}
FLAT = {"gaps": [0], "younger_ages": [0], "offsets": [[-1.0]], "slopes": [[5.0]]}
CALIBRATION = {"ages_given": PARAMETERS, "ages_expected": {**FLAT, "bounds": [0.02, 800.0]}}
ADULT = {"young": 0.0, "adult": 1.0, "elderly": 0.0}
BLURRY = Reason("blurry", 0.001, 0.012)


def photo(age: float | None, *quality: Reason) -> PhotoFacts:
    return PhotoFacts(age, ADULT, quality)


def naive_log_ratio(similarity: float, gap: float, younger: float) -> float:
    """Bilinear interpolation written out for gaps from 0 to 10."""
    along_gap, along_age = gap / 10, younger / 18

    def between(rows: list[list[float]]) -> float:
        child = rows[0][0] * (1 - along_gap) + rows[0][1] * along_gap
        grown = rows[1][0] * (1 - along_gap) + rows[1][1] * along_gap
        return child * (1 - along_age) + grown * along_age

    offsets, slopes = (PARAMETERS[name] for name in ("offsets", "slopes"))
    return between(offsets) + between(slopes) * similarity  # type: ignore[arg-type]


@pytest.mark.parametrize(("gap", "younger"), [(0, 0), (10, 18), (4, 9), (7, 2)])
def test_between_knots_offset_and_slope_are_interpolated(gap: float, younger: float) -> None:
    ratio = likelihood_ratio(0.25, gap, younger, PARAMETERS)

    assert np.log(ratio) == pytest.approx(naive_log_ratio(0.25, gap, younger))


def test_beyond_the_last_knots_the_ratio_stays_as_it_is_there() -> None:
    at_knots = likelihood_ratio(0.3, 30, 18, PARAMETERS)

    assert likelihood_ratio(0.3, 55, 40, PARAMETERS) == at_knots


def test_the_ratio_never_falls_as_the_similarity_rises() -> None:
    similarities = np.linspace(-1, 1, 401)

    for gap in range(0, 60, 3):
        for younger in range(0, 30, 3):
            same = np.ones_like(similarities)
            ratios = log_likelihood_ratios(similarities, gap * same, younger * same, PARAMETERS)
            assert (np.diff(ratios) >= 0).all()


def test_the_ratio_stays_within_what_the_data_bore_out() -> None:
    assert likelihood_ratio(1.0, 0, 18, PARAMETERS) == pytest.approx(800)
    assert likelihood_ratio(-1.0, 0, 18, PARAMETERS) == pytest.approx(0.02)


CHANCE = {"chance": {"likelihood_ratios": [1, 10, 100], "rates": [0.2, 0.02, 0.001]}}


@pytest.mark.parametrize(
    ("ratio", "rate"),
    [
        (1, 0.2),
        (10, 0.02),
        (10**0.5, (0.2 * 0.02) ** 0.5),
        (10**1.5, (0.02 * 0.001) ** 0.5),
        (100, 0.001),
        (5000, 0.001),
        (0.5, 1),
    ],
)
def test_how_often_two_people_are_so_alike_lies_between_what_was_counted(
    ratio: float, rate: float
) -> None:
    assert chance_rate(ratio, CHANCE) == pytest.approx(rate)


@pytest.mark.parametrize(("ratio", "rate"), [(0.1, 1), (1, 1), (4, 0.25), (800, 1 / 800)])
def test_where_nothing_was_counted_the_ratio_itself_bounds_how_often(
    ratio: float, rate: float
) -> None:
    assert chance_rate(ratio, {"ages_given": PARAMETERS}) == pytest.approx(rate)


def test_known_ages_give_their_gap_and_the_younger() -> None:
    assert ages_of_pair(photo(31), photo(9.5)) == (21.5, 9.5)


def test_an_unknown_age_is_expected_from_the_age_groups() -> None:
    guessed = PhotoFacts(None, {"young": 0.25, "adult": 0.75, "elderly": 0.0})

    gap, younger = ages_of_pair(guessed, photo(30))

    chances = [(age, 0.25 / 26) for age in GROUP_YEARS["young"]]
    chances += [(age, 0.75 / 30) for age in GROUP_YEARS["adult"]]
    assert gap == pytest.approx(sum(chance * abs(age - 30) for age, chance in chances))
    assert younger == pytest.approx(sum(chance * min(age, 30) for age, chance in chances))


@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        (photo(20), photo(45), ()),
        (photo(4), photo(20), ()),
        (photo(3), photo(20), ("young_child",)),
        (photo(20), photo(46), ("wide_gap",)),
        (photo(20), photo(None), ("unknown_age",)),
        (photo(20), photo(30, BLURRY), ("poor_quality",)),
        (photo(2, BLURRY), photo(40), ("young_child", "wide_gap", "poor_quality")),
    ],
)
def test_what_lies_outside_the_competence_is_named(
    first: PhotoFacts, second: PhotoFacts, reasons: tuple[str, ...]
) -> None:
    gap, _ = ages_of_pair(first, second)

    assert reasons_for_doubt(first, second, gap) == reasons


def test_a_pair_with_any_reason_for_doubt_is_of_low_reliability() -> None:
    doubted = assess_pair(0.4, photo(20), photo(50), CALIBRATION)
    trusted = assess_pair(0.4, photo(20), photo(30), CALIBRATION)

    assert doubted is not None and trusted is not None
    assert (doubted.reliability, trusted.reliability) == ("low", "normal")
    assert (doubted.age_gap, trusted.age_gap) == (30, 10)


def test_the_order_of_two_photos_does_not_matter() -> None:
    child, adult = photo(3, BLURRY), photo(None)

    assert assess_pair(0.3, child, adult, CALIBRATION) == assess_pair(
        0.3, adult, child, CALIBRATION
    )


def test_a_pair_of_unknown_age_has_a_calibration_of_its_own() -> None:
    guessed = assess_pair(0.4, photo(20), photo(None), CALIBRATION)

    assert guessed is not None
    assert guessed.likelihood_ratio == pytest.approx(np.exp(-1 + 5 * 0.4))


def test_a_pair_of_unknown_age_is_not_assessed_by_a_calibration_for_given_ages() -> None:
    bare = PhotoFacts(None, {})

    assert assess_pair(0.4, photo(20), bare, {"ages_given": PARAMETERS}) is None


def test_a_model_without_a_calibration_assesses_nothing() -> None:
    assert assess_pair(0.4, photo(20), photo(30), {}) is None


@pytest.mark.parametrize(
    ("ratio", "sentence"),
    [
        (
            42.4,
            "A likeness like this is about 42 times as probable if both photos show one person as"
            " if they show two different people; this is a lead to follow up, not an"
            " identification.",
        ),
        (
            1 / 7.6,
            "A likeness like this is about 8 times as probable if the photos show two different"
            " people as if they show one person; this is a lead to follow up, not an"
            " identification.",
        ),
        (
            1.4,
            "A likeness like this is about as common between two people as within one person;"
            " this is a lead to follow up, not an identification.",
        ),
    ],
)
def test_the_reading_weighs_the_likeness_in_one_sentence(ratio: float, sentence: str) -> None:
    assert reading(ratio, ()) == sentence


def test_the_reading_of_an_unreliable_pair_says_why() -> None:
    sentence = reading(42, ("young_child", "poor_quality"))

    assert sentence.endswith(
        "; trust this less than usual, because one photo shows a child under 4 and a photo is of"
        " poor quality."
    )


@pytest.mark.parametrize("ratio", [0.001, 0.3, 1.0, 2.1, 12, 820])
@pytest.mark.parametrize("reasons", [(), ("unknown_age",), ("young_child", "wide_gap")])
def test_no_reading_claims_to_have_identified_anyone(ratio: float, reasons: tuple) -> None:
    sentence = reading(ratio, reasons)

    assert not re.search(r"\b(is|are) (not )?the same\b|\bmatch|\bidentical|\bproof", sentence)
    assert sentence.count(".") == 1
