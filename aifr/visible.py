"""Which characters a text may hold that people read: none that nobody sees, since what hides there,
or turns the reading direction around, makes one name look like another.
"""

import re
import unicodedata
from collections.abc import Iterator

LINE_BREAK, TAB = "\n", "\t"
# Control, format, surrogate, private, unassigned.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Letters and marks by category that show nothing all the same.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# They shape the letters around them: Persian and Indic names cannot be written without.
JOINERS = frozenset("\u200c\u200d")
SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Pictures and Han that are newer than the Unicode of this Python; not what never will be one.
LATER = re.compile("[\U0001f000-\U0001faff\U00020000-\U0002fffd\U00030000-\U0003fffd]")


def first_hidden(text: str) -> str | None:
    """The first character that nobody sees, as "U+202E"; None where there is none."""
    for before, character, after in _neighbours(text):
        if _is_hidden(before, character, after):
            return f"U+{ord(character):04X}"
    return None


def has_letter(text: str) -> bool:
    """Whether there is a letter of any script."""
    return any(_is_letter(character) for character in text)


def without_hidden(text: str) -> str:
    """The text without the characters that nobody sees."""
    return "".join(
        character
        for before, character, after in _neighbours(text)
        if not _is_hidden(before, character, after)
    )


def as_typed(text: str) -> str:
    """A number or an address as it would be typed: without what copying it from a page or an
    address book adds, in plain digits, hyphens and spaces.
    """
    return "".join(_as_typed(character) for character in text).strip()


def _as_typed(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    # The sign of a minus is no dash by category.
    return {"Zs": " ", "Pd": "-"}.get(category, "-" if character == "\u2212" else character)


def _neighbours(text: str) -> Iterator[tuple[str, str, str]]:
    """Each character between those beside it, "" at the ends."""
    for place, character in enumerate(text):
        yield text[place - 1 : place], character, text[place + 1 : place + 2]


def _is_hidden(before: str, character: str, after: str) -> bool:
    if character in (LINE_BREAK, TAB):
        return False
    if character in JOINERS:
        return not (_shows(before) and _shows(after))
    if SELECTORS.match(character):
        # One says how the character before it looks; more of them hide something.
        return not _shows(before) or SELECTORS.match(before) is not None
    if unicodedata.category(character) == "Cn":
        return LATER.match(character) is None
    return character in BLANK or unicodedata.category(character) in HIDDEN


def _shows(character: str) -> bool:
    """Whether a joiner or selector may stand beside it: a letter, a mark, a digit, a picture."""
    category = unicodedata.category(character) if character else "Cn"
    return category[0] in "LMNS" and character not in BLANK


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "L" and character not in BLANK
