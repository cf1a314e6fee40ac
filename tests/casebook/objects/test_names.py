"""aifr.casebook.objects.names"""

import pytest

from aifr.casebook.objects.names import MOST_CHARACTERS, check_name
from aifr.errors import InvalidParameter

NOT_NAMES = ["", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "a b", "ä"]
NOT_NAMES += ["a\n", "a\0b", "a\\b", "+unfinished/a", "~", "x" * 256, "x/" * 256 + "x"]


@pytest.mark.parametrize("name", NOT_NAMES)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(InvalidParameter) as raised:
        check_name(name)

    assert raised.value.param == "name"
    assert len(raised.value.message) < MOST_CHARACTERS + 100


@pytest.mark.parametrize(
    "name", ["a", "...", ".hidden", "a..b", "-", "x" * 255, "a/.b/..c", "x/" * 255 + "xx"]
)
def test_what_is_a_name(name: str) -> None:
    check_name(name)
