"""Cases from report to close."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from aifr.casebook.audit import history
from aifr.casebook.cases import get_case, list_cases, report_case
from aifr.casebook.corrections import correct_case
from aifr.casebook.home import Home
from aifr.casebook.publishing import change_state
from aifr.casebook.records.contract import Transaction
from aifr.casebook.secrets import Repeat, change_secret, subject_opened_by
from aifr.errors import Conflict, KeyReused, NotFound
from tests.casebook.conftest import a_case
from tests.casebook.made import a_contact, a_report

REPEAT = Repeat("0b1f7c52-6a51-4d0c-9d0e-3f4a5b6c7d8e", "the same")


def test_a_report_is_a_draft_that_its_secret_opens(home: Home) -> None:
    case, secret = report_case(home.records, a_report(), a_contact(), "Ana Pop", "reporter")

    assert secret is not None
    assert get_case(home.records, case.identity).state == "draft"
    assert subject_opened_by(home.records, secret) == case.identity


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s[:-1] + "z", lambda s: "report_x"])
def test_no_other_secret_opens_it(home: Home, change) -> None:  # type: ignore[no-untyped-def]
    _, secret = report_case(home.records, a_report(), a_contact(), "", "reporter")

    assert subject_opened_by(home.records, change(secret)) is None


def test_the_secret_is_not_kept(home: Home) -> None:
    case, secret = report_case(home.records, a_report(), a_contact(), "", "reporter")

    assert secret is not None
    assert secret not in str(home.records.get("private", case.identity))


def test_a_repeated_report_is_one_case_with_one_secret(home: Home) -> None:
    first = report_case(home.records, a_report(), a_contact(), "", "reporter", REPEAT)
    again = report_case(home.records, a_report(), a_contact(), "", "reporter", REPEAT)

    assert first == again
    assert home.records.count("cases", {}) == 1


def test_another_report_under_the_same_key_is_refused(home: Home) -> None:
    report_case(home.records, a_report(), a_contact(), "", "reporter", REPEAT)
    other = replace(REPEAT, body="another")

    with pytest.raises(KeyReused):
        report_case(home.records, a_report(name="Ion"), a_contact(), "", "reporter", other)

    assert home.records.count("cases", {}) == 1


def test_of_many_reports_under_one_key_at_once_one_is_made(home: Home) -> None:
    def report(body: str) -> str:
        try:
            repeat = replace(REPEAT, body=body)
            case, secret = report_case(
                home.records, a_report(), a_contact(), "", "reporter", repeat
            )
            return f"{case.identity} {secret}"
        except KeyReused:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(report, ["one", "two"] * 4))

    assert home.records.count("cases", {}) == 1
    assert sorted(answers.count(each) for each in set(answers)) == [4, 4]


def forget(home: Home, case: str) -> None:
    def work(transaction: Transaction) -> None:
        for kind in ("cases", "private"):
            transaction.delete(kind, case)

    home.records.transact(work)


def test_a_key_alone_tells_no_secret(home: Home) -> None:
    secrets = []
    for _ in range(2):
        case, secret = report_case(home.records, a_report(), a_contact(), "", "reporter", REPEAT)
        secrets.append(secret)
        forget(home, case.identity)

    assert secrets[0] != secrets[1]


def test_a_secret_is_changed_and_the_old_one_opens_nothing(home: Home) -> None:
    case, old = report_case(home.records, a_report(), a_contact(), "", "reporter", REPEAT)

    new = change_secret(home.records, case.identity, "reviewer:one")

    assert old is not None
    assert subject_opened_by(home.records, old) is None
    assert subject_opened_by(home.records, new) == case.identity
    assert new not in str(home.records.get("private", case.identity))
    last = history(home.records, case.identity)[-1]
    assert (last.actor, last.action) == ("reviewer:one", "secret changed")
    repeated = report_case(home.records, a_report(), a_contact(), "", "reporter", REPEAT)
    assert repeated == (case, None)


def test_what_a_partner_reported_has_no_secret_and_gets_none(home: Home) -> None:
    case, secret = report_case(
        home.records, a_report(), a_contact(), "", "partner:police", owner="o" + "0" * 20
    )

    assert secret is None
    with pytest.raises(Conflict):
        change_secret(home.records, case.identity, "reviewer:one")


def test_a_secret_of_a_partners_report_that_was_given_once_opens_nothing(home: Home) -> None:
    case, secret = report_case(home.records, a_report(), a_contact(), "", "partner:police")

    assert secret is not None
    assert subject_opened_by(home.records, secret) is None


def test_two_reports_without_a_key_are_two_cases(home: Home) -> None:
    assert a_case(home) != a_case(home)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ([], "published"),
        (["closed"], "published"),
        (["verified", "published", "closed"], "published"),
        (["closed"], "draft"),
    ],
)
def test_a_state_that_cannot_follow_is_refused(home: Home, path: list, refused: str) -> None:
    case = a_case(home)
    for state in path:
        change_state(home.records, case, state, "because", "reviewer:one")

    with pytest.raises(Conflict):
        change_state(home.records, case, refused, "because", "reviewer:one")  # type: ignore[arg-type]


def test_publishing_keeps_the_moment_of_the_first_time(home: Home) -> None:
    case = a_case(home, "published")
    first = get_case(home.records, case).published

    change_state(home.records, case, "verified", "a doubt", "reviewer:one")
    again = change_state(home.records, case, "published", "no doubt", "reviewer:one")

    assert first is not None and again.published == first


def test_what_a_reporter_corrects_waits_while_the_case_stays_published(home: Home) -> None:
    case = a_case(home, "published")

    corrected = correct_case(home.records, case, {"place": "Turda"}, "reporter")

    assert (corrected.place, corrected.state) == ("Cluj-Napoca", "published")
    assert corrected.proposed["place"]["value"] == "Turda" and corrected.waiting


def test_what_the_only_reviewer_corrects_is_published_at_once(home: Home) -> None:
    case = a_case(home, "published")

    corrected = correct_case(home.records, case, {"place": "Turda"}, "reviewer:one", directly=True)

    assert (corrected.place, corrected.state) == ("Turda", "published")


def test_a_closed_case_is_not_corrected(home: Home) -> None:
    case = a_case(home)
    change_state(home.records, case, "closed", "found", "reporter")

    with pytest.raises(Conflict):
        correct_case(home.records, case, {"place": "Turda"}, "reporter")


def test_a_case_that_is_not_there_is_not_found(home: Home) -> None:
    with pytest.raises(NotFound):
        get_case(home.records, "c00000000000000000000")


def test_published_cases_come_newest_first_page_by_page(home: Home) -> None:
    cases = [a_case(home, "published") for _ in range(3)]

    first = list_cases(home.records, "published", {}, None, None, 2)
    last = first[-1]
    rest = list_cases(home.records, "published", {}, None, (last.published or "", last.identity), 2)

    assert [case.identity for case in first + rest] == cases[::-1]


@pytest.mark.parametrize(
    ("filters", "word", "found"),
    [
        ({}, "napoca", True),
        ({}, "raincoat", True),
        ({}, "brasov", False),
        ({"country": "RO"}, None, True),
        ({"country": "MD"}, None, False),
        ({"sex": "female", "country": "RO"}, "ana", True),
        ({"sex": "male"}, None, False),
    ],
)
def test_cases_are_found_by_word_country_and_sex(
    home: Home, filters: dict, word: str | None, found: bool
) -> None:
    case = a_case(home, "published")

    page = list_cases(home.records, "published", filters, word, None, 10)

    assert [each.identity for each in page] == ([case] if found else [])


def test_words_are_found_without_their_accents(home: Home) -> None:
    a_case(home, "published", place="Brașov, Țara Bârsei")

    assert len(list_cases(home.records, "published", {}, "barsei", None, 10)) == 1
