"""Reporting a missing person: the steps, the photos, and networks that die."""

import io
import re

import pytest
from PIL import Image
from pillow_heif import from_pillow
from playwright.sync_api import Page, Route, expect

from tests.frontend.casebook import Casebook
from tests.frontend.conftest import PHONE, Open
from tests.frontend.form import (
    choose_photos,
    fill_circumstances,
    fill_contact,
    fill_person,
    other_face_photo,
    photo_file,
    photo_row,
    report,
    tab_to,
)
from tests.frontend.words import LANGUAGES, texts, words
from tests.photos import encoded, face_photo, faceless_photo, portrait

LINK = re.compile(r"follow\.html#case=(\w+)&secret=(report_\w+)")


def private_link(page: Page) -> tuple[str, str]:
    """Case and secret of the receipt."""
    found = LINK.search(page.locator(".private-link").inner_text())
    assert found
    return found[1], found[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_with_photos_is_received(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    page = open_page("/report.html", language)
    dark = encoded(Image.eval(portrait(), lambda value: value // 6))

    report(page, language)
    choose_photos(
        page,
        photo_file(face_photo()),
        photo_file(faceless_photo(), kind="image/png"),
        photo_file(dark),
    )
    expect(photo_row(page, 0)).to_contain_text(words(language, "photos.good"))
    expect(photo_row(page, 1)).to_contain_text(words(language, "problem.no_face"))
    expect(photo_row(page, 2)).to_contain_text(words(language, "quality.dark"))
    photo_row(page, 0).get_by_label(words(language, "photos.age")).fill("6")
    photo_row(page, 1).get_by_role("button", name=words(language, "photos.remove")).click()
    expect(page.locator(".photo-row")).to_have_count(2)
    page.get_by_role("button", name=words(language, "report.finish")).click()

    expect(page.get_by_role("heading", name=words(language, "receipt.case"))).to_be_visible()
    case, secret = private_link(page)
    kept = casebook.ask("GET", f"/cases/{case}", secret).json
    assert (kept["name"], kept["state"], kept["missing_since"]) == ("Ana", "draft", "2004-05-17")
    assert [(photo["state"], photo["age"]) for photo in kept["photos"]] == [
        ("embedded", 6),
        ("embedded", None),
    ]
    contact = casebook.ask("GET", f"/cases/{case}/contact", secret).json["contact"]
    assert contact["name"] == "Maria Popescu"


def test_the_secret_is_never_asked_for_in_an_address(open_page: Open) -> None:
    page = open_page("/report.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("#")[0]))

    report(page, "en")
    choose_photos(page, photo_file(face_photo()))
    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.good"))
    page.get_by_role("button", name=words("en", "report.finish")).click()
    expect(page.get_by_role("heading", name=words("en", "receipt.case"))).to_be_visible()

    assert len(asked) > 5
    assert not [url for url in asked if "report_" in url]


def test_nothing_is_sent_before_the_consent(open_page: Open) -> None:
    page = open_page("/report.html")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))

    fill_person(page, "en")
    fill_circumstances(page, "en")
    fill_contact(page, "en")
    page.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name=words("en", "report.send")).click()

    expect(page.get_by_text(words("en", "form.tick"))).to_be_visible()
    assert set(sent) <= {"GET"}


def test_a_step_says_what_it_misses_and_leads_there(open_page: Open) -> None:
    page = open_page("/report.html", "ro")

    page.get_by_role("button", name=words("ro", "report.next")).click()

    name = page.get_by_label(words("ro", "report.name"), exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text(words("ro", "form.missing"))).to_be_visible()
    name.fill("Ana")
    page.get_by_role("button", name=words("ro", "report.next")).click()
    expect(page.get_by_text(words("ro", "report.birth_year.missing"))).to_be_visible()


def group_photo(scale: float = 1.0) -> bytes:
    """Two people beside each other, on a wide ground around them."""
    two = Image.new("RGB", (int(1024 / scale), int(512 / scale)), (90, 130, 170))
    for number in range(2):
        two.paste(portrait(), (512 * number, 0))
    return encoded(two)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_chosen_of_several_until_the_sender_points_at_one(
    language: str, open_page: Open, casebook: Casebook
) -> None:
    page = open_page("/report.html", language)
    report(page, language)
    choose_photos(page, photo_file(group_photo()))
    point = photo_row(page, 0).get_by_role("button", name=words(language, "pointing.do"))
    expect(point).to_be_visible()

    page.get_by_role("button", name=words(language, "report.finish")).click()
    expect(page.get_by_text(texts(language)["report.unpointed"]["one"])).to_be_visible()
    expect(point).to_be_focused()
    point.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", checked=False)).to_have_count(2)
    dialog.get_by_role("button", name=words(language, "pointing.yes")).click()
    expect(dialog.get_by_text(words(language, "pointing.missing"))).to_be_visible()
    dialog.get_by_role("radio").nth(1).check(force=True)
    dialog.get_by_role("button", name=words(language, "pointing.yes")).click()

    expect(photo_row(page, 0)).to_contain_text(words(language, "photos.good"))
    case, secret = private_link(page)
    assert [p["face"] for p in casebook.wait_for_photos(f"/cases/{case}", secret)] == [1]
    page.get_by_role("button", name=words(language, "report.finish")).click()
    expect(page.get_by_role("heading", name=words(language, "receipt.case"))).to_be_visible()


def test_a_finger_hits_every_face_of_a_group_on_a_small_screen(open_page: Open) -> None:
    page = open_page("/report.html", viewport=PHONE)
    report(page, "en")
    choose_photos(page, photo_file(group_photo(scale=0.4)))

    photo_row(page, 0).get_by_role("button", name=words("en", "pointing.do")).click()
    radios = page.get_by_role("dialog").get_by_role("radio")
    expect(radios).to_have_count(2)

    boxes = [radio.bounding_box() for radio in radios.all()]
    assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes), boxes
    # Each is hit where it is drawn, and no other with it.
    for radio in radios.all():
        radio.click()
        expect(radio).to_be_checked()


def test_the_person_in_a_sighting_is_pointed_at(open_page: Open, casebook: Casebook) -> None:
    kept = casebook.sighting(group_photo())
    page = open_page(f"/follow.html#sighting={kept.identity}&secret={kept.secret}")

    page.get_by_role("button", name=words("en", "pointing.do")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio").first.check(force=True)
    dialog.get_by_role("button", name=words("en", "pointing.yes")).click()

    expect(page.get_by_text(words("en", "photos.embedded"))).to_be_visible()
    path = f"/search/sightings/{kept.identity}"
    assert [photo["face"] for photo in casebook.wait_for_photos(path, kept.secret)] == [0]


def test_heic_is_taken_and_shown(open_page: Open) -> None:
    page = open_page("/report.html")
    heic = encoded_heic(portrait())

    report(page, "en")
    choose_photos(page, photo_file(heic, "photo.heic", "image/heic"))

    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.good"))
    shown = photo_row(page, 0).locator("img")
    expect(shown).to_have_js_property("naturalWidth", 512)


def encoded_heic(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    from_pillow(image).save(buffer, quality=80)
    return buffer.getvalue()


def test_photos_are_dropped(open_page: Open) -> None:
    page = open_page("/report.html")

    report(page, "en")
    drop(page, face_photo())

    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.good"))


def drop(page: Page, content: bytes) -> None:
    """Drags a file onto the place for photos."""
    carried = page.evaluate_handle(
        """bytes => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], "p.jpg", { type: "image/jpeg" }));
          return carried;
        }""",
        list(content),
    )
    for event in ("dragover", "drop"):
        page.dispatch_event(".dropzone", event, {"dataTransfer": carried})


def test_what_was_typed_survives_a_reload_and_a_dead_network(
    open_page: Open, casebook: Casebook
) -> None:
    page = open_page("/report.html")
    fill_person(page, "en")
    fill_circumstances(page, "en")
    fill_contact(page, "en")
    send = page.get_by_role("button", name=words("en", "report.send"))

    page.context.set_offline(True)
    send.click()
    expect(page.get_by_text(words("en", "problem.unreachable"))).to_be_visible()
    page.context.set_offline(False)
    page.reload()

    expect(page.get_by_label(words("en", "contact.phone"))).to_have_value("0700 000 000")
    send.click()
    expect(page.get_by_role("heading", name=words("en", "report.received"))).to_be_visible()
    case, secret = private_link(page)
    kept = casebook.ask("GET", f"/cases/{case}", secret).json
    assert (kept["place"], kept["description"]) == ("Cluj-Napoca", "A blue coat.")


def test_an_answer_that_was_lost_makes_no_second_case(open_page: Open, casebook: Casebook) -> None:
    page = open_page("/report.html")
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().json()["case"])
        route.abort()

    page.route("**/cases", lose_first)
    fill_person(page, "en")
    fill_circumstances(page, "en")
    fill_contact(page, "en")
    send = page.get_by_role("button", name=words("en", "report.send"))
    send.click()
    expect(page.get_by_text(words("en", "problem.unreachable"))).to_be_visible()

    send.click()

    expect(page.get_by_role("heading", name=words("en", "report.received"))).to_be_visible()
    assert [private_link(page)[0]] == lost


def test_photos_wait_for_the_network_and_for_a_reload(open_page: Open, casebook: Casebook) -> None:
    page = open_page("/report.html")
    report(page, "en")
    choose_photos(page, photo_file(face_photo()))
    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.good"))
    # The network dies in the middle of the upload.
    page.route("**/photos", lambda route: route.abort("connectionreset"))

    choose_photos(page, photo_file(other_face_photo()))
    expect(photo_row(page, 1)).to_contain_text(words("en", "photos.kept_here"))
    photo_row(page, 1).get_by_label(words("en", "photos.age")).fill("9")
    photo_row(page, 1).get_by_label(words("en", "photos.age")).blur()
    page.unroute("**/photos")
    page.reload()

    expect(page.locator(".photo-row")).to_have_count(2)
    expect(photo_row(page, 1)).to_contain_text(words("en", "photos.good"))
    case, secret = private_link(page)
    kept = casebook.ask("GET", f"/cases/{case}", secret).json
    assert sorted(photo["age"] or 0 for photo in kept["photos"]) == [0, 9]


def test_photos_go_out_when_the_network_is_back(open_page: Open) -> None:
    page = open_page("/report.html")
    report(page, "en")
    page.context.set_offline(True)

    choose_photos(page, photo_file(face_photo()))
    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.kept_here"))
    page.get_by_role("button", name=words("en", "report.finish")).click()
    expect(page.get_by_text("One photo is still on its way.")).to_be_visible()
    page.context.set_offline(False)

    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.good"))


def test_a_draft_can_be_thrown_away(open_page: Open) -> None:
    page = open_page("/report.html")
    fill_person(page, "en")

    with page.expect_navigation():
        page.get_by_role("button", name=words("en", "report.again")).click()

    expect(page.get_by_label(words("en", "report.name"), exact=True)).to_have_value("")


def test_it_is_done_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/report.html")
    keys = page.keyboard

    def go_to(label: str) -> None:
        tab_to(page, label)

    go_to(words("en", "report.name"))
    keys.type("Ana")
    go_to(words("en", "report.birth_year"))
    keys.type("1998")
    keys.press("Enter")
    go_to(words("en", "report.missing_since"))
    keys.type("17052004")
    go_to(words("en", "report.country"))
    keys.type("Roman")
    go_to(words("en", "report.place"))
    keys.type("Cluj-Napoca")
    keys.press("Enter")
    go_to(words("en", "contact.name"))
    keys.type("Maria")
    go_to(words("en", "contact.phone"))
    keys.type("0700 000 000")
    go_to("I am a relative")
    keys.press("Space")
    go_to(words("en", "report.send"))
    keys.press("Enter")
    expect(page.get_by_role("heading", name=words("en", "report.received"))).to_be_visible()
    go_to(words("en", "report.photos.choose"))
    with page.expect_file_chooser() as opened:
        keys.press("Space")
    opened.value.set_files([photo_file(face_photo())])
    expect(photo_row(page, 0)).to_contain_text(words("en", "photos.good"))
    go_to(words("en", "report.finish"))
    keys.press("Enter")

    expect(page.get_by_role("heading", name=words("en", "receipt.case"))).to_be_visible()
