"""The private link: follow, correct, add photos, close, erase."""

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.frontend.casebook import Casebook, Kept
from tests.frontend.conftest import Open
from tests.frontend.form import choose_photos, other_face_photo, photo_file, photo_row
from tests.frontend.words import LANGUAGES, words
from tests.photos import encoded, face_photo, portrait


def link(kind: str, kept: Kept) -> str:
    return f"/follow.html#{kind}={kept.identity}&secret={kept.secret}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_published_report_is_corrected_and_stays_public_as_it_was(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.published()
    page = open_page(link("case", kept), language)

    expect(page.get_by_text(words(language, "state.published"), exact=True)).to_be_visible()
    page.get_by_text(words(language, "follow.correct"), exact=True).click()
    page.get_by_label(words(language, "report.place")).fill("Turda")
    with page.expect_response(lambda response: response.request.method == "PATCH"):
        page.get_by_role("button", name=words(language, "follow.save")).click()

    case = casebook.ask("GET", f"/cases/{kept.identity}", kept.secret).json
    assert (case["place"], case["birth_year"], case["state"]) == ("Cluj-Napoca", 1998, "published")
    waiting = page.locator(".note", has_text=words(language, "changes.waiting"))
    expect(waiting).to_contain_text("Turda")
    (change,) = case["changes"]["fields"]
    assert (change["field"], change["after"]) == ("place", "Turda")


def test_a_photo_is_added_and_another_removed(open_page: Open, casebook: Casebook) -> None:
    kept = casebook.draft([(face_photo(), 6)])
    page = open_page(link("case", kept))

    choose_photos(page, photo_file(other_face_photo()))
    expect(photo_row(page, 1)).to_contain_text(words("en", "photos.good"))
    photo_row(page, 0).get_by_role("button", name=words("en", "photos.remove")).click()

    expect(page.locator(".photo-row")).to_have_count(1)
    photos = casebook.ask("GET", f"/cases/{kept.identity}", kept.secret).json["photos"]
    assert [photo["age"] for photo in photos] == [None]


def test_a_report_is_closed_with_a_reason(open_page: Open, casebook: Casebook) -> None:
    kept = casebook.published()
    page = open_page(link("case", kept))

    page.get_by_label(words("en", "follow.close.reason")).fill("Found, safe.")
    page.get_by_role("button", name=words("en", "follow.close")).click()

    expect(page.get_by_text(words("en", "state.closed"), exact=True)).to_be_visible()
    assert casebook.ask("GET", f"/cases/{kept.identity}").status == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_erased_once_it_is_confirmed(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.published()
    page = open_page(link("case", kept), language)
    erase = page.get_by_role("button", name=words(language, "follow.erase")).first

    erase.click()
    page.get_by_role("dialog").get_by_role("button", name=words(language, "confirm.no")).click()
    assert casebook.ask("GET", f"/cases/{kept.identity}").status == 200
    erase.click()
    page.get_by_role("dialog").get_by_role("button", name=words(language, "follow.erase")).click()

    expect(page.get_by_role("heading", name=words(language, "follow.erased"))).to_be_visible()
    assert casebook.ask("GET", f"/cases/{kept.identity}").status == 404
    assert "secret" not in page.url


def test_a_sighting_is_erased(open_page: Open, casebook: Casebook) -> None:
    kept = casebook.sighting(face_photo())
    page = open_page(link("sighting", kept))

    expect(page.get_by_text(words("en", "photos.embedded"))).to_be_visible()
    page.get_by_role("button", name=words("en", "follow.erase")).click()
    page.get_by_role("dialog").get_by_role("button", name=words("en", "follow.erase")).click()

    expect(page.get_by_role("heading", name=words("en", "follow.erased"))).to_be_visible()
    path = f"/search/sightings/{kept.identity}"
    assert casebook.ask("GET", path, casebook.reviewer(1)).status == 404


@pytest.mark.parametrize("fragment", ["", "#case=c0&secret=report_0", "#case=c0"])
def test_a_link_that_opens_nothing_asks_for_another(
    fragment: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.draft()
    page = open_page(f"/follow.html{fragment}")

    page.get_by_label(words("en", "follow.link")).fill(casebook.address + link("case", kept))
    page.get_by_role("button", name=words("en", "follow.open")).click()

    expect(page.get_by_role("heading", name="Your report on Ana")).to_be_visible()


def test_a_photo_that_could_not_be_sent_is_kept_for_the_next_visit(
    open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.draft()
    page = open_page(link("case", kept))
    page.route("**/photos", lambda route: route.abort("connectionreset"))
    choose_photos(page, photo_file(face_photo()))
    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.kept_here"))

    page.unroute("**/photos")
    page.reload()

    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.good"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["case", "sighting"])
def test_a_link_to_what_was_erased_says_so(
    kind: str, language: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.draft() if kind == "case" else casebook.sighting(face_photo())
    path = "/cases" if kind == "case" else "/search/sightings"
    casebook.ask("DELETE", f"{path}/{kept.identity}", kept.secret)

    page = open_page(link(kind, kept), language)

    expect(page.get_by_role("alert")).to_have_text(words(language, "follow.gone"))


def test_a_receipt_tells_by_itself_what_became_of_a_photo(
    open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.sighting(face_photo())
    asked = []

    def waiting_twice(route: Route) -> None:
        answer = route.fetch()
        content = answer.json()
        asked.append(route.request.url)
        if len(asked) <= 2:
            content["photos"][0]["state"] = "pending"
        route.fulfill(response=answer, json=content)

    page = open_page("/follow.html")
    page.route(f"**/sightings/{kept.identity}", waiting_twice)
    page.goto(link("sighting", kept))

    expect(page.get_by_text(words("en", "photos.pending"))).to_be_visible()
    width = portrait().width
    expect(page.locator(".chosen img")).to_have_js_property("naturalWidth", width)
    expect(page.get_by_text(words("en", "photos.embedded"))).to_be_visible()
    assert len(asked) == 3


def test_a_refused_photo_is_shown_to_who_sent_it(open_page: Open, casebook: Casebook) -> None:
    kept = casebook.sighting(encoded(Image.new("RGB", (200, 200), "grey")))

    page = open_page(link("sighting", kept))

    expect(page.get_by_text(words("en", "problem.no_face"))).to_be_visible()
    photo = page.locator(".chosen img")
    expect(photo).to_have_js_property("naturalWidth", 200)


@pytest.mark.parametrize("kind", ["case", "sighting"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_private_link_is_changed_once_it_is_confirmed(
    language: str, kind: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.draft() if kind == "case" else casebook.sighting(face_photo())
    page = open_page(link(kind, kept), language)
    change = page.get_by_role("button", name=words(language, "follow.link.change")).first

    change.click()
    confirm = page.get_by_role("dialog")
    confirm.get_by_role("button", name=words(language, "follow.link.change")).click()

    title = words(language, "follow.link.changed")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    shown = page.locator(".private-link").inner_text()
    new = shown.partition("secret=")[2]
    assert new and new != kept.secret and new in page.url and kept.secret not in page.url
    path = f"/cases/{kept.identity}" if kind == "case" else f"/search/sightings/{kept.identity}"
    assert casebook.ask("GET", f"{path}/contact", new).status == 200
    assert casebook.ask("GET", f"{path}/contact", kept.secret).status == 401
