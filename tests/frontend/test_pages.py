"""Every page in both languages: accessible, within its policy, and as wide as a small phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.frontend.casebook import Casebook, Kept
from tests.frontend.conftest import PHONE, Open
from tests.frontend.words import LANGUAGES, words
from tests.photos import face_photo
from tests.served import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
SCHEMES = ("light", "dark")
REVIEW = ("queue", "cases", "sightings", "search", "matches", "review-case", "review-sighting")
WIDEST = "document.documentElement.scrollWidth"
PAGES = (
    "home", "case", "report", "report-contact", "follow", "follow-sighting", "sighting", "compare",
    "sign-in", *REVIEW, "developers", "privacy", "model",
)  # fmt: skip


@pytest.fixture(scope="module")
def kept(casebook: Casebook) -> tuple[Kept, Kept]:
    """A published case and a sighting that match."""
    case = casebook.published([(face_photo(), 6)])
    sighting = casebook.sighting(face_photo())
    casebook.wait_for_matches(1)
    return case, sighting


def show(name: str, open_page: Open, casebook: Casebook, kept: tuple[Kept, Kept], **how) -> Page:
    """A page with something on it."""
    case, sighting = kept
    addresses = {
        "home": "/",
        "case": f"/case.html?case={case.identity}",
        "report-contact": "/report.html",
        "follow": f"/follow.html#case={case.identity}&secret={case.secret}&received",
        "follow-sighting": f"/follow.html#sighting={sighting.identity}&secret={sighting.secret}",
        "sign-in": "/review.html",
    }
    if name not in REVIEW:
        page = open_page(addresses.get(name, f"/{name}.html"), **how)
        if name == "report-contact":
            fill_report(page)
    else:
        page = open_page("/review.html", **how)
        page.locator("[name=token]").fill(casebook.reviewer(1))
        page.locator("form button").click()
        hashes = {
            "review-case": f"cases/{case.identity}",
            "review-sighting": f"sightings/{sighting.identity}",
            "matches": "matches/new",
        }
        page.locator(".tabs").wait_for()
        page.evaluate("hash => { location.hash = hash; }", hashes.get(name, name))
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("status").filter(has_text="…")).to_have_count(0)
    return page


def fill_report(page: Page) -> None:
    """As far as the third step, which is sent without the consent."""
    next_step = page.locator("form.report button[type=submit]")
    page.locator("[name=name]").fill("Ana")
    page.locator("[name=birth_year]").fill("1998")
    next_step.click()
    page.locator("[name=missing_since]").fill("2004-05-17")
    page.locator("[name=country]").select_option("RO")
    page.locator("[name=place]").fill("Cluj-Napoca")
    next_step.click()
    page.locator("[name='contact.name']").fill("Maria")
    next_step.click()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_nobody_out(
    name: str, language: str, open_page: Open, casebook: Casebook, kept: tuple[Kept, Kept]
) -> None:
    page = show(name, open_page, casebook, kept, language=language)

    assert page.locator("html").get_attribute("lang") == language
    assert "[object" not in page.inner_text("body")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        # Colours change by a transition.
        page.wait_for_timeout(200)
        assert serious_faults(page) == [], scheme
        if scheme == "light":
            keep_picture(page, f"{name}-{language}-desktop")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    keep_picture(page, f"{name}-{language}-phone")
    assert page.evaluate(WIDEST) <= PHONE["width"]


def serious_faults(page: Page) -> list[object]:
    """What axe-core finds that is serious or critical, and where."""
    found = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def keep_picture(page: Page, name: str) -> None:
    """For people to look at; the folder is ignored by git."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_weighs_little(
    language: str, open_page: Open, casebook: Casebook, kept: tuple[Kept, Kept]
) -> None:
    page = show("home", open_page, casebook, kept, language=language)

    sizes = page.evaluate(
        "performance.getEntries().filter(each => 'encodedBodySize' in each)"
        ".map(each => [each.name, each.encodedBodySize])"
    )

    weight = {name: size for name, size in sizes if "/photos/" not in name}
    assert sum(weight.values()) < 100_000, weight
    assert any(name.endswith(f"/languages/{language}.js") for name in weight)


def test_another_language_is_shown_and_remembered(open_page: Open, kept: tuple[Kept, Kept]) -> None:
    page = open_page("/")

    page.get_by_role("button", name="Română").click()

    expect(page.locator("h1")).to_have_text(
        "Chipurile se schimbă. Oamenii sunt căutați mai departe."
    )
    page.goto("/privacy.html")
    expect(page.locator("h1")).to_have_text("Confidențialitate")
    assert page.locator("html").get_attribute("lang") == "ro"


def test_the_documentation_of_the_api_keeps_to_the_policy(open_page: Open) -> None:
    page = open_page("/developers.html")

    page.get_by_role("link", name="interactive documentation").click()

    expect(page.locator(".opblock").first).to_be_visible()
    expect(page.get_by_text("/images_similarity", exact=True).first).to_be_visible()


def test_the_commands_are_those_of_this_deployment(open_page: Open, casebook: Casebook) -> None:
    page = open_page("/developers.html")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name=words("en", "developers.copy")).nth(2).click()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"curl '{casebook.address}/cases?country=RO&word=cluj&limit=20'"
