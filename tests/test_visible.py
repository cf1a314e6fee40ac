"""Characters that nobody sees, in texts that people read."""

import unicodedata

import pytest

from aifr.errors import InvalidParameter, MissingField
from aifr.fields import copied, line, text
from aifr.visible import has_letter, without_hidden

HIDDEN = [
    *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"),
    *("\u200b", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad", "\u061c", "\u180e", "\ufff9"),
    *("\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\u0378", "\ue000", "\U000f0000", "\ud800"),
    *("\x00", "\x1b", "\x7f", "\x85", "\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "\u034f"),
    *("\U000e0041", "\U000e0001", "\u17b4"),
]


@pytest.mark.parametrize("character", HIDDEN, ids=lambda each: f"U+{ord(each):04X}")
@pytest.mark.parametrize("around", ["A{}na", "{}Ana", "Ana{}", "{}", "Ana {} Pop"])
def test_a_character_that_nobody_sees_is_refused_and_named(character: str, around: str) -> None:
    for check in (text, line):
        with pytest.raises(InvalidParameter, match=f"U\\+{ord(character):04X}") as refusal:
            check({"name": around.format(character)}, "name", 80)
        assert refusal.value.param == "name"


def test_eighty_characters_without_width_are_no_name() -> None:
    with pytest.raises(InvalidParameter):
        line({"name": "\u200b" * 80}, "name", 80, required=True)


@pytest.mark.parametrize(
    "name",
    [
        "Ștefan Țuțea",
        "می\u200cخواهم",  # Persian
        "ක්\u200dරිශාන්ත",  # Sinhala
        "র\u200d্যাম",  # Bengali
        "क्\u200dष",  # Devanagari
        "Zoë O’Brien-Núñez",
        "王小明",
        "葛\U000e0100城",  # a form of its letter, as names in Japan have them
        "אבגד",
        "محمد",
        "ᠮᠣᠩᠭᠣᠯ",
        "Анна",
        "김철수",
        "\U00031350山",  # Han, newer than this Python's Unicode
        "X Æ A-12",
    ],
)
def test_a_name_of_any_script_passes_as_it_is_written(name: str) -> None:
    assert line({"name": name}, "name", 80) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "note", ["👩‍👩‍👧 seen", "❤️", "👍🏽", "🫩", "1️⃣ first", "a\tb\n\nc", "— “quoted” … 5 €"]
)
def test_a_note_may_hold_pictures_and_line_breaks(note: str) -> None:
    assert text({"note": note}, "note", 80) == note


@pytest.mark.parametrize(
    "name",
    [
        *("\u200dAna", "Ana\u200d", "A\u200d\u200dna", "Ana\u200c Pop", "A\u200c.\u200cb"),
        *("A\ufe0f\ufe0fna", "\ufe0fAna", "Ana \ufe0f"),
    ],
)
def test_joiners_and_selectors_are_letters_company_and_hide_nowhere_else(name: str) -> None:
    with pytest.raises(InvalidParameter):
        line({"name": name}, "name", 80)


@pytest.mark.parametrize("name", ["7", "...", "—", "😀", "\u0301", "12 345", "\u0660", "?!"])
def test_a_name_has_a_letter(name: str) -> None:
    assert not has_letter(name)
    with pytest.raises(InvalidParameter, match="letter"):
        line({"name": name}, "name", 80, required=True)


def test_a_name_is_one_line_with_single_spaces() -> None:
    assert line({"name": "Ana\n Maria\u00a0\u3000Pop\u2028"}, "name", 80) == "Ana Maria Pop"


def test_nothing_is_no_name_where_one_is_needed() -> None:
    assert line({}, "name", 80) == ""
    with pytest.raises(MissingField):
        line({"name": " \u00a0 "}, "name", 80, required=True)


def test_other_line_breaks_become_ours() -> None:
    assert text({"note": "a\r\nb\u2028c\u2029d"}, "note", 80) == "a\nb\nc\nd"


@pytest.mark.parametrize(
    ("copy", "typed"),
    [
        ("\u202a+40 700 000 000\u202c", "+40 700 000 000"),
        ("+40\u00a0700\u202f000\u2009000", "+40 700 000 000"),
        ("+40\u2011700\u2013000", "+40-700-000"),
        ("\u2068\u200e0700 000\ufeff\u2069 ", "0700 000"),
        ("\u0660\u0661\u0662\u0663\u0664\u0665", "012345"),
        ("０７００", "0700"),
        ("ana@\u200bexample.org", "ana@example.org"),
    ],
)
def test_what_copying_adds_to_a_number_or_an_address_is_left_out(copy: str, typed: str) -> None:
    assert copied({"phone": copy}, "phone", 40) == typed


def test_a_number_is_text() -> None:
    with pytest.raises(InvalidParameter):
        copied({"phone": 40700}, "phone", 40)


def test_what_nobody_sees_is_left_out_of_an_error() -> None:
    assert without_hidden("a\u202eb\ud800c\x00") == "abc"
