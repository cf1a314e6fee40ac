"""Fields of JSON and of forms: what passes, as what, and what does not."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from aifr.errors import InvalidParameter, InvalidRequest, MissingField
from aifr.fields import country, day, one_of, refuse_unknown, text, whole

TODAY = date.today()


@pytest.mark.parametrize(
    ("value", "read"),
    [("  Ana ", "Ana"), ("Bra\u0073\u0326ov", "Bra\u0219ov"), ("a\nb\tc", "a\nb\tc"), (None, "")],
)
def test_text_is_trimmed_and_composed(value: Any, read: str) -> None:
    assert text({"name": value}, "name", 80) == read


@pytest.mark.parametrize("value", ["a\x00b", "\x1b[31m", "\x7f", "\udcff", 7, ["Ana"], "x" * 81])
def test_what_is_no_plain_text_is_refused(value: Any) -> None:
    with pytest.raises(InvalidParameter) as refusal:
        text({"name": value}, "name", 80)

    assert refusal.value.param == "name"


@pytest.mark.parametrize("content", [{}, {"name": ""}, {"name": "  "}, {"name": None}])
def test_required_text_must_be_there(content: dict[str, Any]) -> None:
    with pytest.raises(MissingField):
        text(content, "name", 80, required=True)


@pytest.mark.parametrize(
    ("value", "read"), [(0, 0), (120, 120), ("7", 7), ("007", 7), ("", None), (None, None)]
)
def test_a_whole_number_is_read_from_json_and_from_forms(value: Any, read: int | None) -> None:
    assert whole({"age": value}, "age", 0, 120) == read


@pytest.mark.parametrize("value", [-1, 121, 1.0, 1.5, True, "-1", "1.5", "\u0663", "12345", [1]])
def test_any_other_number_is_refused(value: Any) -> None:
    with pytest.raises(InvalidParameter):
        whole({"age": value}, "age", 0, 120)


@pytest.mark.parametrize("value", ["1900-01-01", "2004-02-29", TODAY.isoformat()])
def test_a_day_that_was_passes(value: str) -> None:
    assert day({"on": value}, "on") == value


@pytest.mark.parametrize(
    "value",
    ["1899-12-31", "2005-02-29", "20040229", "2004-W09-7", (TODAY + timedelta(1)).isoformat()],
)
def test_any_other_day_is_refused(value: str) -> None:
    with pytest.raises(InvalidParameter):
        day({"on": value}, "on")


@pytest.mark.parametrize("value", ["ro", "R", "R0", "ROU", "РО"])
def test_a_country_is_two_capital_letters(value: str) -> None:
    assert country({"country": "RO"}, "country") == "RO"
    with pytest.raises(InvalidParameter):
        country({"country": value}, "country")


@pytest.mark.parametrize(
    ("content", "default", "read"),
    [
        ({"sex": "male"}, None, "male"),
        ({"sex": "male"}, "female", "male"),
        ({}, "female", "female"),
        ({"sex": ""}, "female", "female"),
    ],
)
def test_one_of_several_words(content: dict[str, str], default: str | None, read: str) -> None:
    assert one_of(content, "sex", ("female", "male"), default) == read


@pytest.mark.parametrize(
    ("content", "error"), [({}, MissingField), ({"sex": "x"}, InvalidParameter)]
)
def test_no_other_word_passes(content: dict[str, str], error: type[InvalidRequest]) -> None:
    with pytest.raises(error):
        one_of(content, "sex", ("female", "male"))


@pytest.mark.parametrize(
    ("check", "passes"),
    [
        (lambda: refuse_unknown({"name": 1}, ("name", "sex")), True),
        (lambda: refuse_unknown({"nmae": 1}, ("name", "sex")), False),
    ],
)
def test_a_field_that_is_none_of_ours_is_named(check: Callable[[], None], passes: bool) -> None:
    if passes:
        check()
        return
    with pytest.raises(InvalidParameter) as refusal:
        check()
    assert refusal.value.param == "nmae"
