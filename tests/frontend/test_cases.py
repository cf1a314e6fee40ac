"""Home and the page of a case: filters, photos with ages, the poster."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.frontend.casebook import Casebook, Kept
from tests.frontend.conftest import Open
from tests.frontend.words import LANGUAGES, words
from tests.photos import face_photo


@pytest.fixture(scope="module")
def people(casebook: Casebook) -> dict[str, Kept]:
    """Three published cases, and one that is not public."""
    return {
        "Ana": casebook.published([(face_photo(), 6)]),
        "Mihai": casebook.published(
            name="Mihai", sex="male", birth_year=1980, missing_since="1997-01-20", place="Iași"
        ),
        "Elena": casebook.published(
            name="Elena",
            country="MD",
            birth_year=2001,
            missing_since="2018-03-02",
            place="Chișinău",
        ),
        "Radu": casebook.draft(name="Radu"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_shows_the_published_cases_and_no_other(
    language: str, open_page: Open, people: dict[str, Kept]
) -> None:
    page = open_page("/", language)

    expect(page.locator(".case-card h3")).to_have_text(["Elena", "Mihai", "Ana"])
    expect(page.locator(".case-card img").first).to_have_js_property("naturalWidth", 512)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"word": "iasi"}, ["Mihai"]),
        ({"word": "coat ana"}, ["Ana"]),
        ({"country": "MD"}, ["Elena"]),
        ({"sex": "male"}, ["Mihai"]),
        ({"since": "2000", "until": "2010"}, ["Ana"]),
        ({"youngest": "17"}, ["Elena", "Mihai"]),
        ({"oldest": "16"}, ["Ana"]),
        ({"word": "nobody"}, []),
    ],
)
def test_cases_are_filtered(
    filters: dict[str, str], found: list[str], open_page: Open, people: dict[str, Kept]
) -> None:
    page = open_page("/")
    page.get_by_text(words("en", "home.more_filters")).click()

    for name, value in filters.items():
        control = page.locator(f".filters [name={name}]")
        if name in ("country", "sex"):
            control.select_option(value)
        else:
            control.fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name=words("en", "home.find")).click()

    message = "fit" if found else "Nobody fits"
    expect(page.get_by_role("status")).to_contain_text(message)
    expect(page.locator(".case-card h3")).to_have_text(found)
    # What was asked for stays in its place.
    for name, value in filters.items():
        expect(page.locator(f".filters [name={name}]")).to_have_value(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_is_shown_with_its_ages(
    language: str, open_page: Open, people: dict[str, Kept]
) -> None:
    page = open_page("/", language)

    page.get_by_role("link", name="Ana").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Ana")
    caption = {"en": "Ana at 6 years", "ro": "Ana la 6 ani"}
    expect(page.locator(".gallery figcaption")).to_have_text(caption[language])
    expect(page.get_by_alt_text(caption[language]).first).to_be_visible()
    day = {"en": "17 May 2004", "ro": "17 mai 2004"}
    expect(page.locator(".facts")).to_contain_text(day[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_poster_fits_one_sheet_and_leads_back(
    language: str, open_page: Open, people: dict[str, Kept]
) -> None:
    page = open_page(f"/case.html?case={people['Ana'].identity}", language)
    page.evaluate("window.print = () => { window.printed = true; }")

    page.get_by_role("button", name=words(language, "case.print")).click()
    page.wait_for_function("() => window.printed")
    page.emulate_media(media="print")

    expect(page.locator(".poster-word")).to_have_text(words(language, "poster.missing"))
    expect(page.locator(".poster-foot")).to_contain_text(page.url)
    code = page.locator(".poster .qr")
    shown = Image.open(io.BytesIO(code.screenshot())).convert("L")
    assert {0, 255} <= {value for _, value in shown.getcolors(maxcolors=256) or ()}
    sheets = page.pdf(format="A4", print_background=True).count(b"/Type /Page\n")
    assert sheets == 1


def test_a_case_is_copied_as_a_link(open_page: Open, people: dict[str, Kept]) -> None:
    page = open_page(f"/case.html?case={people['Ana'].identity}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name=words("en", "case.copy")).click()

    expect(page.get_by_role("button", name=words("en", "copy.done"))).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_case_that_is_not_public_is_not_told_of(open_page: Open, people: dict[str, Kept]) -> None:
    page = open_page(f"/case.html?case={people['Radu'].identity}")

    expect(page.get_by_role("heading", name=words("en", "case.gone"))).to_be_visible()
    assert "Radu" not in page.content()
