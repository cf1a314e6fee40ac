"""Review: publishing, two reviewers on a match, searching, erasing."""

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.frontend.casebook import Casebook
from tests.frontend.conftest import Open
from tests.frontend.form import (
    choose_photos,
    fill_sighting,
    other_face_photo,
    photo_file,
    photo_row,
    report,
    sign_in,
)
from tests.frontend.words import LANGUAGES, texts, words
from tests.photos import encoded, face_photo, portrait

ZOOM = (
    "document.querySelector('.pane img').offsetHeight"
    " / document.querySelector('.pane').clientHeight"
)
SUBJECT, AGES = "008", (12, 13, 29)


@pytest.fixture(autouse=True)
def emptied(casebook: Casebook) -> Iterator[None]:
    """Every test begins with an empty casebook."""
    yield
    casebook.erase_all()


def review(open_page: Open, casebook: Casebook, number: int, place: str, language: str) -> Page:
    """The review as one of the two reviewers, each in a browser profile of their own."""
    page = open_page("/review.html", language)
    sign_in(page, casebook.reviewer(number), language)
    page.evaluate("hash => { location.hash = hash; }", place)
    return page


def answer(page: Page, word: str, language: str = "en") -> None:
    page.get_by_role("radio", name=words(language, f"queue.{word}")).check()
    page.get_by_label(words(language, "queue.reason")).fill("The same ears.")
    page.get_by_role("button", name=words(language, "queue.answer")).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_verified_and_published(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.draft([(face_photo(), 6)])

    for number, state, next_step in ((1, "draft", "verified"), (2, "verified", "published")):
        page = review(open_page, casebook, number, f"cases/{kept.identity}", language)
        expect(page.locator(".state-name")).to_have_text(words(language, f"state.{state}"))
        page.get_by_label(words(language, "review.reason"), exact=True).fill("Checked.")
        page.get_by_role("button", name=words(language, f"review.make.{next_step}")).click()
        expect(page.locator(".state-name")).to_have_text(words(language, f"state.{next_step}"))

    expect(page.locator(".state-name")).to_have_text(words(language, "state.published"))
    assert casebook.ask("GET", f"/cases/{kept.identity}").json["state"] == "published"
    expect(page.locator(".history li")).not_to_have_count(0)
    page.get_by_role("button", name=words(language, "review.contact.show")).click()
    expect(page.get_by_text("maria@example.org")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_changes_that_wait_are_passed_and_refused_before_beside_after(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.published([(face_photo(), 6)])
    path = f"/cases/{kept.identity}"
    casebook.ask("PATCH", path, kept.secret, {"place": "Turda", "description": "A red hat."})
    casebook.add_photo(kept, other_face_photo(), 5)
    page = review(open_page, casebook, 1, "cases/waiting", language)

    page.get_by_role("link", name="Ana Popescu").click()
    place = page.locator(".change", has_text=words(language, "report.place"))
    expect(place.locator(".before-after > div")).to_contain_text(["Cluj-Napoca", "Turda"])
    new = page.locator(".change", has_text=words(language, "changes.photo.new"))
    expect(new.locator(".before-after img")).to_have_count(1)
    expect(page.locator(".change")).to_have_count(3)
    new.get_by_role("checkbox").uncheck()
    place.get_by_role("checkbox").uncheck()
    refuse = page.get_by_role("button", name=words(language, "changes.refuse"))
    refuse.click()
    expect(page.get_by_text(words(language, "form.missing"))).to_be_visible()
    page.get_by_label(words(language, "changes.reason")).fill("Not a hat.")
    refuse.click()
    expect(page.locator(".change")).to_have_count(2)
    expect(page.get_by_text("Not a hat.")).to_be_visible()
    page.get_by_role("button", name=words(language, "changes.pass")).click()

    expect(page.locator(".change")).to_have_count(0)
    public = casebook.ask("GET", path).json
    assert (public["place"], public["description"][:11]) == ("Turda", "A blue coat")
    assert [photo["age"] for photo in public["photos"]] == [6, 5]


def test_changes_that_moved_meanwhile_are_looked_at_again(
    open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.published([(face_photo(), 6)])
    path = f"/cases/{kept.identity}"
    casebook.ask("PATCH", path, kept.secret, {"place": "Turda"})
    page = review(open_page, casebook, 1, f"cases/{kept.identity}", "en")
    expect(page.get_by_text("Turda")).to_be_visible()
    casebook.ask("PATCH", path, kept.secret, {"place": "Dej"})

    page.get_by_role("button", name=words("en", "changes.pass")).click()
    expect(page.get_by_text(words("en", "review.moved"))).to_be_focused()
    expect(page.get_by_text("Dej")).to_be_visible()
    assert casebook.ask("GET", path).json["place"] == "Cluj-Napoca"
    page.get_by_role("button", name=words("en", "changes.pass")).click()

    expect(page.locator(".change")).to_have_count(0)
    assert casebook.ask("GET", path).json["place"] == "Dej"


def test_a_state_decided_on_what_has_moved_is_asked_for_anew(
    open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.draft([(face_photo(), 6)])
    page = review(open_page, casebook, 1, f"cases/{kept.identity}", "en")
    reason = page.get_by_label(words("en", "review.reason"), exact=True)
    reason.fill("Checked.")
    casebook.ask("PATCH", f"/cases/{kept.identity}", kept.secret, {"place": "Dej"})

    page.get_by_role("button", name=words("en", "review.make.verified")).click()

    expect(page.get_by_text(words("en", "review.moved"))).to_be_focused()
    expect(page.locator(".state-name")).to_have_text(words("en", "state.draft"))
    expect(page.locator(".facts")).to_contain_text("Dej")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_reviewers_confirm_without_seeing_the_score_first(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    casebook.published([(face_photo(), 6)])
    casebook.sighting(face_photo())
    casebook.wait_for_matches(1)
    first = review(open_page, casebook, 1, "queue", language)

    expect(first.locator(".pane img")).to_have_count(2)
    expect(first.get_by_role("heading", name=re.compile("^18 "))).to_be_visible()
    assert words(language, "queue.model") not in first.inner_text("main")
    answer(first, "confirm", language)
    expect(first.get_by_role("heading", name=words(language, "match.new"))).to_be_visible()
    expect(first.get_by_role("heading", name=words(language, "queue.model"))).to_be_visible()
    first.get_by_role("button", name=words(language, "queue.next")).click()
    expect(first.get_by_role("heading", name=words(language, "queue.empty"))).to_be_visible()

    second = review(open_page, casebook, 2, "queue", language)
    expect(second.locator(".pane img")).to_have_count(2)
    assert "reviewer-1" not in second.inner_text("main")
    answer(second, "confirm", language)
    expect(second.get_by_role("heading", name=words(language, "match.confirmed"))).to_be_visible()
    expect(second.get_by_text("reviewer-1")).to_be_visible()
    second.evaluate("location.hash = 'matches/confirmed'")
    second.locator(".row").click()
    expect(second.get_by_role("heading", name=words(language, "match.confirmed"))).to_be_visible()


def test_a_match_is_answered_by_keyboard_alone(open_page: Open, casebook: Casebook) -> None:
    casebook.published([(face_photo(), 6)])
    casebook.sighting(face_photo())
    casebook.wait_for_matches(1)
    page = review(open_page, casebook, 1, "queue", "en")
    expect(page.locator(".pane img")).to_have_count(2)
    page.wait_for_function(f"() => {ZOOM} > 1")

    page.keyboard.press("z")
    page.wait_for_function(f"() => {ZOOM} <= 1")
    page.keyboard.press("r")
    # Letters of the reason are letters, not shortcuts.
    page.keyboard.type("unlike chins, curls")
    expect(page.get_by_role("radio", name=words("en", "queue.reject"))).to_be_checked()
    page.keyboard.press("Control+Enter")
    # It takes two.
    expect(page.get_by_role("heading", name=words("en", "match.new"))).to_be_visible()
    page.keyboard.press("n")

    expect(page.get_by_role("heading", name=words("en", "queue.empty"))).to_be_visible()


def test_shortcuts_can_be_switched_off(open_page: Open, casebook: Casebook) -> None:
    casebook.published([(face_photo(), 6)])
    casebook.sighting(face_photo())
    casebook.wait_for_matches(1)
    page = review(open_page, casebook, 1, "queue", "en")

    page.get_by_label(words("en", "shortcut.on")).uncheck()
    page.locator(".pane").first.focus()
    page.keyboard.press("c")

    expect(page.get_by_role("radio", checked=True)).to_have_count(0)


def test_an_answer_needs_a_reason(open_page: Open, casebook: Casebook) -> None:
    casebook.published([(face_photo(), 6)])
    casebook.sighting(face_photo())
    casebook.wait_for_matches(1)
    page = review(open_page, casebook, 1, "queue", "en")

    page.get_by_role("button", name=words("en", "queue.answer")).click()
    expect(page.get_by_text(words("en", "queue.choose"))).to_be_visible()
    page.get_by_role("radio", name=words("en", "queue.unsure")).check()
    page.get_by_role("button", name=words("en", "queue.answer")).click()

    expect(page.get_by_text(words("en", "form.missing"))).to_be_visible()


def take_back(page: Page, language: str = "en") -> None:
    page.locator(".undo summary").click()
    page.get_by_label(words(language, "queue.withdraw.reason")).fill("The wrong ears.")
    page.locator(".undo").get_by_role("button", name=words(language, "queue.withdraw")).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_taken_back_with_a_reason_and_given_anew(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    casebook.published([(face_photo(), 6)])
    casebook.sighting(face_photo())
    casebook.wait_for_matches(1)
    page = review(open_page, casebook, 1, "queue", language)
    answer(page, "unsure", language)
    expect(page.get_by_role("heading", name=words(language, "match.unsure"))).to_be_visible()
    expect(page.locator(".answering")).to_have_count(0)

    take_back(page, language)
    expect(page.get_by_role("heading", name=words(language, "match.new"))).to_be_visible()
    answer(page, "reject", language)

    expect(page.locator(".given li")).to_have_text(
        [
            re.compile(f"{words(language, 'queue.said.unsure')}.*{words(language, 'queue.past')}"),
            re.compile(f"{words(language, 'queue.said.withdraw')} · The wrong ears"),
            re.compile(words(language, "queue.said.reject")),
        ]
    )
    tally = words(language, "queue.tally", confirms=0, rejects=1, unsure=0)
    expect(page.get_by_text(tally)).to_be_visible()


def test_an_answer_to_what_has_changed_is_asked_for_anew(
    open_page: Open, casebook: Casebook
) -> None:
    casebook.published([(face_photo(), 6)])
    casebook.sighting(face_photo())
    match = casebook.match()
    page = review(open_page, casebook, 1, "queue", "en")
    expect(page.locator(".pane img")).to_have_count(2)
    # The same reviewer in another window.
    casebook.answer(match, 1, "confirm")
    casebook.answer(match, 1, "withdraw")

    answer(page, "reject")
    expect(page.get_by_role("alert").filter(has_text=words("en", "review.moved"))).to_be_focused()
    expect(page.locator(".given li")).to_have_count(2)
    expect(page.get_by_label(words("en", "queue.reason"))).to_have_value("The same ears.")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    answer(page, "reject")

    expect(page.locator(".given li")).to_have_count(3)


def test_an_answer_is_not_taken_back_over_an_answer_that_was_not_seen(
    open_page: Open, casebook: Casebook
) -> None:
    casebook.published([(face_photo(), 6)])
    casebook.sighting(face_photo())
    match = casebook.match()
    page = review(open_page, casebook, 1, "queue", "en")
    answer(page, "confirm")
    expect(page.locator(".given li")).to_have_count(1)
    casebook.answer(match, 2, "confirm")

    take_back(page)
    expect(page.get_by_text(words("en", "review.moved"))).to_be_visible()
    expect(page.get_by_role("heading", name=words("en", "match.confirmed"))).to_be_visible()
    take_back(page)

    expect(page.get_by_role("heading", name=words("en", "match.new"))).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dispute_a_copy_and_a_withdrawn_photo_are_told(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.published([(face_photo(), 6)])
    casebook.sighting(face_photo())
    match = casebook.match()
    casebook.answer(match, 2, "confirm")
    page = review(open_page, casebook, 1, f"match/{match}", language)

    expect(page.locator(".marks")).to_have_text(words(language, "queue.copy"))
    answer(page, "reject", language)
    expect(page.get_by_role("heading", name=words(language, "match.disputed"))).to_be_visible()
    tally = words(language, "queue.tally", confirms=1, rejects=1, unsure=0)
    expect(page.get_by_text(tally)).to_be_visible()
    [photo] = casebook.wait_for_photos(f"/cases/{kept.identity}", kept.secret)
    casebook.ask("DELETE", f"/cases/{kept.identity}/photos/{photo['id']}", kept.secret)
    page.reload()

    expect(page.locator(".match-side .mark")).to_have_text(words(language, "queue.withdrawn"))
    refused = words(language, "queue.refusal.photo_withdrawn")
    expect(page.get_by_text(refused)).to_be_visible()
    expect(page.locator(".answering")).to_have_count(0)
    expect(page.locator(".given li")).to_have_count(2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_ranks_cases_and_an_erased_one_is_found_no_more(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    kept = casebook.published([(face_photo(), 6)])
    page = review(open_page, casebook, 1, "search", language)
    search = page.get_by_role("button", name=words(language, "probe.search"))

    choose_photos(page, photo_file(face_photo()))
    page.get_by_label(words(language, "probe.age")).fill("24")
    search.click()
    expect(page.locator(".candidate h3")).to_have_text(["Ana"])
    page.get_by_role("link", name="Ana").click()
    page.get_by_role("button", name=words(language, "follow.erase")).click()
    page.get_by_role("dialog").get_by_role("button", name=words(language, "follow.erase")).click()
    page.wait_for_url("**/review.html#cases")
    page.evaluate("location.hash = 'search'")
    choose_photos(page, photo_file(face_photo()))
    search.click()

    expect(page.get_by_text(words(language, "candidates.none"))).to_be_visible()
    assert casebook.ask("GET", f"/cases/{kept.identity}").status == 404


def test_a_sighting_is_looked_at_and_closed(open_page: Open, casebook: Casebook) -> None:
    casebook.published([(face_photo(), 6)])
    kept = casebook.sighting(face_photo())
    casebook.wait_for_matches(1)
    page = review(open_page, casebook, 1, "sightings", "en")

    page.get_by_role("link", name="Lisboa").click()
    # Its match waits for this reviewer's answer, who must not know yet how alike they are.
    expect(page.get_by_text(texts("en")["candidates.sealed"]["one"])).to_be_visible()
    expect(page.locator(".candidate h3")).to_have_count(0)
    page.evaluate("location.hash = 'queue'")
    answer(page, "unsure")
    expect(page.get_by_role("heading", name=words("en", "match.unsure"))).to_be_visible()
    page.evaluate("hash => { location.hash = hash; }", f"sightings/{kept.identity}")
    expect(page.locator(".candidate h3")).to_have_text(["Ana"])
    page.get_by_label(words("en", "review.reason")).fill("Somebody else.")
    page.get_by_role("button", name=words("en", "review.sighting.closed")).click()

    expect(page.locator(".state-name")).to_have_text(words("en", "sighting.closed"))
    path = f"/search/sightings/{kept.identity}"
    assert casebook.ask("GET", path, casebook.reviewer(1)).json["state"] == "closed"


def test_the_token_stays_in_its_tab(open_page: Open, casebook: Casebook) -> None:
    page = open_page("/review.html")
    sign_in(page, casebook.reviewer(1))

    stored = page.evaluate("JSON.stringify([{...localStorage}, document.cookie, location.href])")
    other = page.context.new_page()
    other.goto("/review.html")

    assert casebook.reviewer(1) not in stored
    expect(other.get_by_label(words("en", "review.token"))).to_be_visible()
    page.get_by_role("button", name=words("en", "review.leave")).click()
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stranger_is_not_let_in(language: str, open_page: Open, casebook: Casebook) -> None:
    page = open_page("/review.html", language)
    kept = casebook.draft()

    for token, problem in (
        ("key_of_nobody", "problem.invalid_token"),
        (kept.secret, "review.not_reviewer"),
    ):
        page.get_by_label(words(language, "review.token")).fill(token)
        page.get_by_role("button", name=words(language, "review.enter")).click()
        expect(page.get_by_text(words(language, problem))).to_be_visible()


def test_one_person_across_the_years_from_report_to_erasure(
    open_page: Open, casebook: Casebook, shared_data: Path
) -> None:
    """With three real photographs of one person, through the pages alone."""
    young, older, grown = photographs(shared_data)
    page = open_page("/report.html")
    report(page, "en")
    choose_photos(page, photo_file(young), photo_file(older))
    for number, age in enumerate(AGES[:2]):
        expect(photo_row(page, number)).to_contain_text("This photo")
        field = photo_row(page, number).get_by_label(words("en", "photos.age"))
        field.fill(str(age))
        field.blur()
    page.get_by_role("button", name=words("en", "report.finish")).click()
    page.wait_for_url("**/follow.html*")
    link = page.url

    for number, state, step in ((1, "draft", "verified"), (2, "verified", "published")):
        reviewer = review(open_page, casebook, number, f"cases/{state}", "en")
        reviewer.get_by_role("link", name="Ana").click()
        reviewer.get_by_label(words("en", "review.reason"), exact=True).fill("Checked.")
        reviewer.get_by_role("button", name=words("en", f"review.make.{step}")).click()
        expect(reviewer.locator(".state-name")).to_have_text(words("en", f"state.{step}"))
    seen = open_page("/sighting.html")
    fill_sighting(seen, "en")
    seen.get_by_role("button", name=words("en", "sighting.remove", number=1)).click()
    choose_photos(seen, photo_file(grown))
    seen.get_by_label(words("en", "sighting.age")).fill(str(AGES[2]))
    seen.get_by_role("button", name=words("en", "sighting.send")).click()
    seen.wait_for_url("**/follow.html*")
    casebook.wait_for_matches(1)
    for number in (1, 2):
        each = review(open_page, casebook, number, "queue", "en")
        answer(each, "confirm")
        expect(each.locator(".told h2")).to_be_visible()
    expect(each.get_by_role("heading", name=words("en", "match.confirmed"))).to_be_visible()
    page.goto(link)
    page.get_by_role("button", name=words("en", "follow.erase")).click()
    page.get_by_role("dialog").get_by_role("button", name=words("en", "follow.erase")).click()

    expect(page.get_by_role("heading", name=words("en", "follow.erased"))).to_be_visible()
    each.evaluate("location.hash = 'matches/confirmed'")
    expect(each.get_by_text(words("en", "match.none"))).to_be_visible()


def photographs(shared_data: Path) -> list[bytes]:
    """FG-NET dev: one person, three ages."""
    with ZipFile(shared_data / "fgnet_dev.zip") as archive:
        photos = [name for name in archive.namelist() if name.lower().endswith(".jpg")]
        names = {Path(name).stem.lower(): name for name in photos}
        return [archive.read(names[f"{SUBJECT}a{age:02}"]) for age in AGES]


@pytest.mark.parametrize("kind", ["cases", "sightings"])
def test_lists_show_a_photo_with_a_face(kind: str, open_page: Open, casebook: Casebook) -> None:
    faceless = encoded(Image.new("RGB", (200, 200), "grey"))
    if kind == "cases":
        kept = casebook.draft([(faceless, 5), (face_photo(), 6)])
        path = f"/cases/{kept.identity}"
    else:
        kept = casebook.sighting(faceless, face_photo())
        path = f"/search/sightings/{kept.identity}"
    shown = casebook.ask("GET", path, kept.secret).json["photos"]
    (good,) = [photo["id"] for photo in shown if photo["state"] == "embedded"]

    with_photo: list[str] = []
    page = review(open_page, casebook, 1, "queue", "en")
    page.on("request", lambda request: with_photo.append(request.url))
    page.evaluate("hash => { location.hash = hash; }", kind)

    row = page.locator(f".rows a[href='#{kind}/{kept.identity}'] img")
    expect(row).to_have_js_property("naturalWidth", portrait().width)
    photos = [url.rpartition("/")[2] for url in with_photo if f"{kept.identity}/photos/" in url]
    assert photos == [good]
