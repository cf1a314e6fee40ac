"""What tests fill in, as a person does: by what the labels say."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.frontend.words import words
from tests.photos import encoded, face_photo, portrait

# What a screen reader would call it, near enough.
FOCUSED = """
(() => {
  const { activeElement: element } = document;
  const label = document.getElementById(element.getAttribute("aria-labelledby"));
  return (label ?? element.labels?.[0] ?? element).textContent.trim();
})()
"""


def photo_file(content: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> Any:
    """A file for a place that takes photos."""
    return {"name": name, "mimeType": kind, "buffer": content}


def other_face_photo() -> bytes:
    """The same face in another file."""
    return encoded(portrait().crop((60, 0, 420, 360)), quality=90)


def fill_person(page: Page, language: str) -> None:
    """The first step of a report."""
    page.get_by_label(words(language, "report.name"), exact=True).fill("Ana")
    page.get_by_label(words(language, "report.birth_year")).fill("1998")
    page.get_by_label(words(language, "report.sex")).select_option("female")
    page.get_by_role("button", name=words(language, "report.next")).click()


def fill_circumstances(page: Page, language: str) -> None:
    """The second step of a report."""
    page.get_by_label(words(language, "report.missing_since")).fill("2004-05-17")
    page.get_by_label(words(language, "report.country")).select_option("RO")
    page.get_by_label(words(language, "report.place")).fill("Cluj-Napoca")
    page.get_by_label(words(language, "report.description")).fill("A blue coat.")
    page.get_by_role("button", name=words(language, "report.next")).click()


def fill_contact(page: Page, language: str) -> None:
    """The third step, and the consent; it is not sent yet."""
    page.get_by_label(words(language, "contact.name")).fill("Maria Popescu")
    page.get_by_label(words(language, "contact.phone")).fill("0700 000 000")
    page.get_by_role("checkbox").check()


def report(page: Page, language: str) -> None:
    """A report without photos, received."""
    fill_person(page, language)
    fill_circumstances(page, language)
    fill_contact(page, language)
    page.get_by_role("button", name=words(language, "report.send")).click()
    expect(page.get_by_role("heading", name=words(language, "report.received"))).to_be_visible()


def fill_sighting(page: Page, language: str) -> None:
    """A sighting with one photo; it is not sent yet."""
    choose_photos(page, photo_file(face_photo()))
    page.get_by_label(words(language, "sighting.seen_on")).fill("2022-08-01")
    page.get_by_label(words(language, "sighting.country")).select_option("PT")
    page.get_by_label(words(language, "sighting.place"), exact=True).fill("Lisboa")
    page.get_by_label(words(language, "sighting.age")).fill("24")
    page.get_by_label(words(language, "sighting.note")).fill("By the river.")


def choose_photos(page: Page, *files: Any, place: int = 0) -> None:
    """As if they were chosen in the dialog that the place opens."""
    page.locator(".dropzone input").nth(place).set_input_files(list(files))


def photo_row(page: Page, number: int) -> Locator:
    """What is said of one of the photos of a case."""
    return page.locator(".photo-row").nth(number)


def tab_to(page: Page, name: str) -> None:
    """Presses the tab key until what has the focus is called so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(name):
            return
    raise AssertionError(f"no way to {name} by keyboard")


def sign_in(page: Page, key: str, language: str = "en") -> None:
    """Into the review."""
    page.get_by_label(words(language, "review.token")).fill(key)
    page.get_by_role("button", name=words(language, "review.enter")).click()
    expect(page.get_by_role("link", name=words(language, "review.queue"))).to_be_visible()
