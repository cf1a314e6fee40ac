"""Comparing photos on the page: the boxes, the weight of a likeness, and what is wrong."""

import json
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.frontend.conftest import Open
from tests.frontend.form import choose_photos, photo_file
from tests.frontend.words import LANGUAGES, words
from tests.photos import encoded, face_photo, faceless_photo, portrait

MIRRORED = encoded(portrait().transpose(Image.Transpose.FLIP_LEFT_RIGHT))
RATIO = """
async ([similarity, gap, younger]) => {
  const { likelihoodRatio } = await import("/scripts/likelihood.js");
  const model = await fetch("model.json").then(response => response.json());
  return likelihoodRatio(similarity, gap, younger, model.calibration);
}
"""


def compare(page: Page, language: str = "en") -> None:
    page.get_by_role("button", name=words(language, "compare.do")).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_photos_are_compared(language: str, open_page: Open) -> None:
    page = open_page("/compare.html", language)

    choose_photos(page, photo_file(face_photo()), place=0)
    choose_photos(page, photo_file(MIRRORED), place=1)
    page.get_by_label(words(language, "compare.age1")).fill("12")
    page.get_by_label(words(language, "compare.age2")).fill("29")
    compare(page, language)

    expect(page.locator(".similarity .value")).to_have_text(re.compile(r"0[.,]9\d"))
    times = words(language, "likelihood.one", times="820")
    expect(page.locator(".weight")).to_have_text(times)
    expect(page.get_by_text(words(language, "compare.lead_not_answer"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile(r"\b17\b"))).to_be_visible()
    expect(page.locator(".framed .box")).to_have_count(2)


def test_the_box_lies_on_the_face(open_page: Open) -> None:
    page = open_page("/compare.html")

    choose_photos(page, photo_file(face_photo()), place=0)
    choose_photos(page, photo_file(face_photo()), place=1)
    compare(page)

    image, box = page.locator(".framed img").first, page.locator(".framed .box").first
    expect(box).to_be_visible()
    outer, inner = image.bounding_box(), box.bounding_box()
    assert outer and inner
    middle = (inner["x"] + inner["width"] / 2 - outer["x"]) / outer["width"]
    # Eileen Collins's face lies at 43 % of the width.
    assert middle == pytest.approx(0.43, abs=0.04)


def test_the_curve_is_what_the_function_answers(open_page: Open) -> None:
    page = open_page("/compare.html")
    choose_photos(page, photo_file(face_photo()), place=0)
    choose_photos(page, photo_file(MIRRORED), place=1)
    page.get_by_label(words("en", "compare.age1")).fill("3")
    page.get_by_label(words("en", "compare.age2")).fill("8")

    with page.expect_response("**/images_similarity*") as answered:
        compare(page)

    answer = json.loads(answered.value.text())
    ratio = page.evaluate(RATIO, [answer["similarity"], answer["age_gap"], 3])
    assert ratio == pytest.approx(answer["likelihood_ratio"], rel=0.01)
    reasons = page.locator(".reading .note")
    expect(reasons).to_contain_text(words("en", "doubt.young_child"))


def test_lists_are_compared_as_people(open_page: Open) -> None:
    page = open_page("/compare.html", "ro")

    choose_photos(
        page, photo_file(face_photo()), photo_file(faceless_photo(), kind="image/png"), place=0
    )
    choose_photos(page, photo_file(MIRRORED), place=1)
    expect(page.get_by_label(words("ro", "compare.age1"))).to_be_hidden()
    compare(page, "ro")

    expect(page.get_by_text(words("ro", "compare.lists", one=1, other=1))).to_be_visible()
    expect(page.locator(".compared li").nth(1)).to_contain_text(words("ro", "problem.no_face"))
    page.get_by_text(words("ro", "compare.pairs")).click()
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_photo_without_a_face_is_named(language: str, open_page: Open) -> None:
    page = open_page("/compare.html", language)

    choose_photos(page, photo_file(face_photo()), place=0)
    choose_photos(page, photo_file(faceless_photo(), kind="image/png"), place=1)
    compare(page, language)

    problem = words(language, "problem.no_face")
    expect(page.get_by_role("alert").filter(has_text=problem)).to_be_visible()
    expect(page.locator(".side").nth(1)).to_contain_text(problem)
    expect(page.locator(".result")).to_be_hidden()


def test_a_side_without_a_photo_is_asked_for(open_page: Open) -> None:
    page = open_page("/compare.html")

    choose_photos(page, photo_file(face_photo()), place=0)
    compare(page)

    expect(page.get_by_text(words("en", "compare.second.missing"))).to_be_visible()


def test_another_photo_takes_the_old_answer_away(open_page: Open) -> None:
    page = open_page("/compare.html")
    choose_photos(page, photo_file(face_photo()), place=0)
    choose_photos(page, photo_file(face_photo()), place=1)
    compare(page)
    expect(page.locator(".result")).to_be_visible()

    page.get_by_role("button", name=words("en", "photos.remove")).first.click()

    expect(page.locator(".result")).to_be_hidden()
    expect(page.locator(".compared li")).to_have_count(1)
