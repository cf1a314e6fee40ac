"""The audit: append-only, and whatever is changed in it shows."""

import sys

import pytest

from aifr.casebook.audit import EVENTS, broken_link, history, main
from aifr.casebook.corrections import correct_case
from aifr.casebook.home import Home
from aifr.casebook.photos import photos_of
from aifr.casebook.publishing import change_state
from tests.casebook.conftest import a_case, embedded
from tests.casebook.made import photo_of


@pytest.fixture
def case(home: Home) -> str:
    made = a_case(home)
    embedded(home, made, photo_of(3))
    correct_case(home.records, made, {"place": "Turda"}, "reporter")
    change_state(home.records, made, "verified", "looks right", "reviewer:one")
    return made


def change(home: Home, identity: str, **changes: object) -> None:
    document = home.records.get(EVENTS, identity) or {}
    home.records.transact(
        lambda transaction: transaction.put(EVENTS, identity, {**document, **changes})
    )


def test_it_tells_who_did_what_and_to_which_fields(home: Home, case: str) -> None:
    events = history(home.records, case)

    told = [(event.actor, event.action) for event in events]
    assert told == [
        ("reporter", "case reported"),
        ("reporter", "photo added"),
        ("system", "photo embedded"),
        ("reporter", "case corrected"),
        ("reviewer:one", "case verified"),
    ]
    assert events[3].details == ["place"]
    assert [event.sequence for event in events] == [1, 2, 3, 4, 5]


def test_it_holds_together(home: Home, case: str) -> None:
    assert broken_link(home.records, case) is None


@pytest.mark.parametrize("changes", [{"actor": "nobody"}, {"details": ["name"]}, {"sequence": 9}])
def test_an_altered_event_shows(home: Home, case: str, changes: dict) -> None:
    change(home, f"{case}-000002", **changes)

    assert broken_link(home.records, case) == 2


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removed_event_shows(home: Home, case: str, number: int) -> None:
    identity = f"{case}-{number:06d}"
    home.records.transact(lambda transaction: transaction.delete(EVENTS, identity))

    assert broken_link(home.records, case) == number


def test_more_events_than_a_page_are_all_told(
    home: Home, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aifr.casebook.audit.PAGE", 2)

    assert len(history(home.records, case)) == 5
    assert broken_link(home.records, case) is None


def test_the_command_prints_the_events_and_tells_whether_they_hold(
    home: Home, case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("aifr.casebook.home.home", lambda: home)
    monkeypatch.setattr(sys, "argv", ["audit", case])

    main()
    printed = capsys.readouterr().out.splitlines()
    (photo,) = [each.identity for each in photos_of(home.records, case)]
    change(home, f"{case}-000002", actor="nobody")

    assert [line.split(" ", 1)[1] for line in printed][-1] == f"reviewer:one case verified {photo}"
    with pytest.raises(SystemExit, match="broken at event 2"):
        main()
