"""Sending a sighting: a receipt comes back, never a name or a face."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.frontend.casebook import Casebook
from tests.frontend.conftest import Open
from tests.frontend.form import choose_photos, fill_sighting, photo_file, tab_to
from tests.frontend.words import LANGUAGES, words
from tests.photos import face_photo


@pytest.fixture(autouse=True)
def emptied(casebook: Casebook) -> Iterator[None]:
    """Every test begins with an empty casebook."""
    yield
    casebook.erase_all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sighting_gets_a_receipt_and_no_candidate(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.published(name="Ruxandra", place="Sighișoara")
    page = open_page("/sighting.html", language)
    told: list[str] = []

    def listen(route: Route) -> None:
        answer = route.fetch()
        told.append("" if "/photos/" in route.request.url else answer.text())
        route.fulfill(response=answer)

    page.route("**/search/**", listen)

    fill_sighting(page, language)
    page.get_by_label(words(language, "contact.name")).fill("Ion")
    page.get_by_label(words(language, "contact.email")).fill("ion@example.org")
    page.get_by_role("button", name=words(language, "sighting.send")).click()

    expect(page.get_by_role("heading", name=words(language, "receipt.sighting"))).to_be_visible()
    casebook.wait_for_matches(1)
    page.reload()
    expect(page.get_by_text(words(language, "photos.embedded"))).to_be_visible()
    assert len(told) >= 2
    for private in (kept.identity, "Ruxandra", "Sighișoara", "similarity", "ion@example.org"):
        assert not [answer for answer in told if private in answer]
    # A photo that is still on its way when the page closes is nobody's error.
    page.unroute_all(behavior="ignoreErrors")


def test_a_reviewer_gets_what_was_told(open_page: Open, casebook: Casebook) -> None:
    page = open_page("/sighting.html")

    fill_sighting(page, "en")
    page.get_by_role("button", name=words("en", "sighting.send")).click()
    page.wait_for_url("**/follow.html*")

    found = casebook.ask("GET", "/search/sightings?state=open", casebook.reviewer(1)).json
    [sighting] = found["sightings"]
    assert (sighting["place"], sighting["age"], sighting["country"]) == ("Lisboa", 24, "PT")
    assert len(sighting["photos"]) == 1


def test_a_sighting_of_one_case_names_it_to_reviewers(open_page: Open, casebook: Casebook) -> None:
    kept = casebook.published()
    page = open_page(f"/case.html?case={kept.identity}")

    page.get_by_role("link", name=words("en", "case.seen")).click()
    expect(page.get_by_role("heading", name="I have seen Ana")).to_be_visible()
    fill_sighting(page, "en")
    page.get_by_role("button", name=words("en", "sighting.send")).click()
    page.wait_for_url("**/follow.html*")

    found = casebook.ask("GET", "/search/sightings?state=open", casebook.reviewer(1)).json
    note = found["sightings"][0]["note"]
    assert kept.identity in note and note.endswith("By the river.")


def test_a_dead_network_loses_nothing(open_page: Open, casebook: Casebook) -> None:
    page = open_page("/sighting.html")
    fill_sighting(page, "en")
    send = page.get_by_role("button", name=words("en", "sighting.send"))

    page.context.set_offline(True)
    send.click()
    expect(page.get_by_text(words("en", "problem.unreachable"))).to_be_visible()
    page.context.set_offline(False)
    page.reload()

    expect(page.get_by_label(words("en", "sighting.place"), exact=True)).to_have_value("Lisboa")
    expect(page.locator(".chosen li")).to_have_count(1)
    send.click()
    page.wait_for_url("**/follow.html*")


def test_without_a_photo_nothing_is_sent(open_page: Open) -> None:
    page = open_page("/sighting.html", "ro")

    page.get_by_role("button", name=words("ro", "sighting.send")).click()

    expect(page.get_by_text(words("ro", "sighting.no_photo"))).to_be_visible()
    expect(page.locator("input[type=file]").first).to_be_focused()


def test_five_photos_are_the_most(open_page: Open) -> None:
    page = open_page("/sighting.html")

    choose_photos(page, *[photo_file(face_photo())] * 6)

    expect(page.get_by_text("At most 5 photos.")).to_be_visible()
    expect(page.locator(".chosen li")).to_have_count(5)
    page.get_by_role("button", name=words("en", "sighting.remove", number=5)).click()
    expect(page.locator(".chosen li")).to_have_count(4)


def test_it_is_sent_by_keyboard_alone(open_page: Open, casebook: Casebook) -> None:
    page = open_page("/sighting.html")

    tab_to(page, words("en", "sighting.choose"))
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Space")
    opened.value.set_files([photo_file(face_photo())])
    expect(page.locator(".chosen li")).to_have_count(1)
    tab_to(page, words("en", "sighting.seen_on"))
    page.keyboard.type("01082022")
    tab_to(page, words("en", "sighting.country"))
    page.keyboard.type("Portugal")
    tab_to(page, words("en", "sighting.place"))
    page.keyboard.type("Lisboa")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=words("en", "receipt.sighting"))).to_be_visible()
