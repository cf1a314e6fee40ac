"""Words of the query string."""

from urllib.parse import urlencode

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from aifr.endpoint.query import flag, option, whole_number
from aifr.errors import InvalidParameter


def asked(query: str) -> Request:
    return Request(EnvironBuilder(query_string=query).get_environ())


@pytest.mark.parametrize(
    ("query", "value"),
    [("", False), ("d=true", True), ("d=1", True), ("d=false", False), ("d=0", False)],
)
def test_a_flag_is_true_or_false_and_false_when_left_out(query: str, value: bool) -> None:
    assert flag(asked(query), "d") is value


@pytest.mark.parametrize("query", ["d=", "d=yes", "d=True", "d=2"])
def test_a_flag_of_any_other_word_is_refused(query: str) -> None:
    with pytest.raises(InvalidParameter) as raised:
        flag(asked(query), "d")

    assert raised.value.param == "d"


def test_an_option_is_the_first_when_left_out() -> None:
    assert option(asked(""), "face", ("largest", "only")) == "largest"


def test_an_option_is_one_of_those_known() -> None:
    assert option(asked("face=only"), "face", ("largest", "only")) == "only"


def test_another_option_is_refused_with_those_known() -> None:
    with pytest.raises(InvalidParameter, match="largest, only"):
        option(asked("face=all"), "face", ("largest", "only"))


@pytest.mark.parametrize(
    ("query", "value"), [("", None), ("age=0", 0), ("age=6", 6), ("age=120", 120)]
)
def test_a_whole_number_may_be_left_out(query: str, value: int | None) -> None:
    assert whole_number(asked(query), "age", 120) == value


@pytest.mark.parametrize("word", ["", "-1", "121", "9999", "1.5", "1e1", "nan", "six", "٣", " 6"])
def test_anything_but_a_whole_number_within_bounds_is_refused(word: str) -> None:
    with pytest.raises(InvalidParameter, match="from 0 to 120") as raised:
        whole_number(asked(urlencode({"age": word})), "age", 120)

    assert raised.value.param == "age"
