"""Cases from report to close."""

import pytest

from aifr.casebook.cases import get_case, list_cases, report_case
from aifr.casebook.corrections import correct_case
from aifr.casebook.home import Home
from aifr.casebook.publishing import change_state
from aifr.casebook.secrets import subject_opened_by
from aifr.errors import Conflict, NotFound
from tests.casebook.conftest import a_case
from tests.casebook.made import a_contact, a_report

KEY = "0b1f7c52-6a51-4d0c-9d0e-3f4a5b6c7d8e"


def test_a_report_is_a_draft_that_its_secret_opens(home: Home) -> None:
    case, secret = report_case(home.records, a_report(), a_contact(), "Ana Pop", "reporter")

    assert get_case(home.records, case.identity).state == "draft"
    assert subject_opened_by(home.records, secret) == case.identity


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s[:-1] + "z", lambda s: "report_x"])
def test_no_other_secret_opens_it(home: Home, change) -> None:  # type: ignore[no-untyped-def]
    _, secret = report_case(home.records, a_report(), a_contact(), "", "reporter")

    assert subject_opened_by(home.records, change(secret)) is None


def test_the_secret_is_not_kept(home: Home) -> None:
    case, secret = report_case(home.records, a_report(), a_contact(), "", "reporter")

    assert secret not in str(home.records.get("private", case.identity))


def test_a_repeated_report_is_one_case_with_one_secret(home: Home) -> None:
    first = report_case(home.records, a_report(), a_contact(), "", "reporter", KEY)
    again = report_case(home.records, a_report(), a_contact(), "", "reporter", KEY)

    assert first == again
    assert home.records.count("cases", {}) == 1


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
