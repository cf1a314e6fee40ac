"""Who writes to the database but holds no key can do nothing to a trail that does not show."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from aifr.casebook import audit_check
from aifr.casebook.audit import EVENTS, HEADS, broken_link, history, sealed, sealed_head
from aifr.casebook.audit_check import ANCHORS, adopt, anchor, check, main
from aifr.casebook.audit_keys import VARIABLE
from aifr.casebook.corrections import correct_case
from aifr.casebook.erasure import erase
from aifr.casebook.home import Home
from aifr.casebook.records.contract import Transaction
from aifr.casebook.stored import as_document
from tests.casebook.conftest import a_case, a_sighted

OLD, NEW = "2026a:" + "a1" * 32, "2026b:" + "b2" * 32


@pytest.fixture(autouse=True)
def our_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, OLD)


@pytest.fixture
def case(home: Home) -> str:
    """A case with three events, beside others, checked and anchored."""
    a_sighted(home)
    a_case(home)
    made = a_case(home)
    correct(home, made, "Turda")
    correct(home, made, "Dej")
    begun(home)
    return made


def correct(home: Home, case: str, place: str) -> None:
    correct_case(home.records, case, {"place": place}, "reporter")


def run(home: Home) -> dict[str, str]:
    """A daily run: its faults. It keeps an anchor where there are none."""
    checked = check(home.records)
    if not checked.faults:
        anchor(home.records, checked.heads)
    return checked.faults


def begun(home: Home) -> None:
    """The first anchor, which a deployment makes before there are records."""
    anchor(home.records, check(home.records).heads)


def put(home: Home, kind: str, identity: str, document: dict) -> None:
    home.records.transact(lambda transaction: transaction.put(kind, identity, document))


def remove(home: Home, kind: str, *identities: str) -> None:
    def work(transaction: Transaction) -> None:
        for identity in identities:
            transaction.delete(kind, identity)

    home.records.transact(work)


def forge(home: Home, case: str, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Writes another history with the code of the project and a key that is not ours."""
    monkeypatch.setenv(VARIABLE, key)
    previous = history(home.records, case)[0].previous
    for event in history(home.records, case):
        named = key.partition(":")[0]
        forged = sealed(replace(event, actor="reviewer:innocent", previous=previous, key=named))
        put(home, EVENTS, event.identity, as_document(forged))
        previous = forged.own
    put(home, HEADS, case, sealed_head(case, 3, previous))
    monkeypatch.setenv(VARIABLE, OLD)


def test_what_nobody_touched_holds_day_after_day(home: Home, case: str) -> None:
    correct(home, case, "Cluj")

    assert run(home) == {}
    assert run(home) == {}


def test_what_is_erased_keeps_its_trail_and_holds(home: Home, case: str) -> None:
    erase(home, case, "reporter")

    assert run(home) == {}


@pytest.mark.parametrize("key", ["", "2026a:" + "00" * 32, "other:" + "00" * 32])
def test_a_chain_recomputed_without_the_key_shows(
    home: Home, case: str, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    forge(home, case, monkeypatch, key)

    assert broken_link(home.records, case) == 1
    assert run(home) == {case: "broken at event 1"}


def test_an_end_cut_off_with_a_head_of_ones_own_shows(home: Home, case: str) -> None:
    second = home.records.get(EVENTS, f"{case}-000002") or {}
    head = home.records.get(HEADS, case) or {}
    remove(home, EVENTS, f"{case}-000003")
    put(home, HEADS, case, {**head, "sequence": 2, "own": second["own"]})

    assert run(home) == {case: "broken at event 3"}


def test_an_end_cut_off_with_an_older_head_put_back_shows(home: Home, case: str) -> None:
    head = home.records.get(HEADS, case) or {}
    correct(home, case, "Cluj")
    assert run(home) == {}
    remove(home, EVENTS, f"{case}-000004")
    put(home, HEADS, case, head)

    assert broken_link(home.records, case) is None
    assert run(home) == {case: "cut after event 3, or rewritten"}


def test_a_trail_deleted_with_its_head_shows(home: Home, case: str) -> None:
    remove(home, EVENTS, *(event.identity for event in history(home.records, case)))
    remove(home, HEADS, case)

    assert run(home) == {case: "gone"}


def test_a_trail_deleted_with_its_head_and_its_record_shows(home: Home, case: str) -> None:
    remove(home, EVENTS, *(event.identity for event in history(home.records, case)))
    remove(home, HEADS, case)
    remove(home, "cases", case)

    assert run(home) == {case: "gone"}


def test_a_new_case_without_a_trail_shows_before_it_was_ever_anchored(
    home: Home, case: str
) -> None:
    new = a_case(home)
    remove(home, EVENTS, f"{new}-000001")
    remove(home, HEADS, new)

    assert run(home) == {new: "gone"}


def test_an_erased_case_without_a_trail_shows(home: Home, case: str) -> None:
    new = a_case(home)
    erase(home, new, "reporter")
    remove(home, EVENTS, f"{new}-000001", f"{new}-000002")
    remove(home, HEADS, new)

    assert run(home) == {new: "gone"}


def all_anchors(home: Home) -> list[str]:
    whole = home.records.get(ANCHORS, "whole") or {}
    return ["whole", *audit_check.json.loads(whole["told"])["parts"]]


def lose_the_anchor(home: Home, case: str) -> None:
    remove(home, ANCHORS, *all_anchors(home))


def lose_a_part(home: Home, case: str) -> None:
    remove(home, ANCHORS, case[:3])


def alter_a_part(home: Home, case: str) -> None:
    part = home.records.get(ANCHORS, case[:3]) or {}
    put(home, ANCHORS, case[:3], {**part, "told": "{}"})


def alter_the_whole(home: Home, case: str) -> None:
    whole = home.records.get(ANCHORS, "whole") or {}
    put(home, ANCHORS, "whole", {**whole, "told": whole["told"].replace(case[:3], "zzz")})


def swap_parts(home: Home, case: str) -> None:
    _, other, *_ = (name for name in all_anchors(home) if name != case[:3])
    put(home, ANCHORS, case[:3], home.records.get(ANCHORS, other) or {})


@pytest.mark.parametrize(
    "tamper", [lose_the_anchor, lose_a_part, alter_a_part, alter_the_whole, swap_parts]
)
def test_an_anchor_that_is_gone_or_altered_shows(
    home: Home, case: str, tamper: Callable[[Home, str], None]
) -> None:
    tamper(home, case)

    assert set(run(home)) == {"anchor"}


def test_an_old_anchor_put_back_shows(
    home: Home, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aifr.casebook.audit_check.now", lambda: "2020-01-01T00:00:00.000000Z")
    begun(home)
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, OLD)

    faults = run(home)

    assert faults["anchor"].startswith("of 2020-01-01")


def test_a_key_can_be_changed_and_the_old_one_is_believed(
    home: Home, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"{NEW},{OLD}")
    correct(home, case, "Cluj")

    assert [event.key for event in history(home.records, case)] == ["2026a"] * 3 + ["2026b"]
    assert run(home) == {}
    monkeypatch.setenv(VARIABLE, NEW)
    assert run(home)[case] == "broken at event 1"


def test_trails_without_a_key_hold_until_there_is_one_and_are_adopted_then(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    case = a_case(home)
    correct(home, case, "Dej")
    begun(home)
    assert run(home) == {}
    monkeypatch.setenv(VARIABLE, OLD)
    assert case in run(home)

    assert adopt(home.records) == 1
    begun(home)

    assert run(home) == {}
    assert adopt(home.records) == 0


def test_an_empty_casebook_needs_no_anchor(home: Home) -> None:
    assert run(home) == {}


@pytest.mark.parametrize("text", ["secret", "2026:abc", "2026a:" + "g" * 64, ":" + "a" * 64])
def test_a_key_that_is_none_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv(VARIABLE, text)

    with pytest.raises(ValueError, match="AIFR_AUDIT_KEY must be"):
        a_case(home)


def test_the_command_ends_with_1_until_a_person_has_looked(
    home: Home, case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("aifr.casebook.home.home", lambda: home)
    remove(home, EVENTS, f"{case}-000001")

    codes = [command(monkeypatch), command(monkeypatch)]
    told = capsys.readouterr()
    accepted = command(monkeypatch, "--accept")

    assert codes == [1, 1]
    assert accepted == 0
    assert told.err.count(f"audit trail broken: {case}: broken at event 1") == 2
    assert "2 trails hold" in told.out


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    monkeypatch.setattr(sys, "argv", ["audit_check", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code
