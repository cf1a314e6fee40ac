"""Who sent a photo sees it: while it waits, and when it was refused."""

import pytest

from tests.casebook.made import photo_of, photo_of_nobody
from tests.desk.conftest import SEEN, Desk
from tests.photos import file


def photo_paths(desk: Desk, kind: str, data: bytes) -> tuple[str, str]:
    """Whose a photo is that was just sent, and its path."""
    if kind == "case":
        subject = desk.report()
        form = {"photo": file(data)}
        photo = desk.ask("POST", f"/cases/{subject}/photos", subject, data=form).json["photo"]
        return subject, f"/cases/{subject}/photos/{photo}"
    answer = desk.ask("POST", "/search/sightings", data={**SEEN, "photo": file(data)}).json
    subject = answer["sighting"]
    desk.secrets[subject] = answer["secret"]
    path = f"/search/sightings/{subject}"
    (photo,) = desk.ask("GET", path, subject).json["photos"]
    return subject, f"{path}/photos/{photo['id']}"


@pytest.mark.parametrize("kind", ["case", "sighting"])
@pytest.mark.parametrize("looked_at", [False, True])
@pytest.mark.parametrize("data", [photo_of(7), photo_of_nobody()], ids=["a face", "no face"])
def test_a_photo_is_shown_to_who_sent_it_and_to_reviewers(
    desk: Desk, kind: str, looked_at: bool, data: bytes
) -> None:
    subject, path = photo_paths(desk, kind, data)
    if looked_at:
        desk.deliver()

    for caller in (subject, "reviewer"):
        shown = desk.ask("GET", path, caller)
        assert (shown.status_code, shown.data[:2]) == (200, b"\xff\xd8")
    assert desk.ask("GET", path).status_code in (401, 404)


@pytest.mark.parametrize("kind", ["case", "sighting"])
def test_a_refused_photo_goes_with_what_it_was_sent_for(desk: Desk, kind: str) -> None:
    subject, path = photo_paths(desk, kind, photo_of_nobody())
    desk.deliver()
    kept = len(list(desk.home.photos.list()))

    desk.ask("DELETE", path.partition("/photos/")[0], subject)

    assert (kept, list(desk.home.photos.list())) == (1, [])


def test_a_refused_photo_is_never_public(desk: Desk) -> None:
    case = desk.published(7)
    refused = desk.add_photo(case, photo_of_nobody())

    assert desk.ask("GET", f"/cases/{case}/photos/{refused}").status_code == 404
