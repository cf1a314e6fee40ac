"""Fields of a JSON object or of a form, each checked; a bad one is named in the error."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from aifr.errors import InvalidParameter, MissingField
from aifr.visible import as_typed, first_hidden, has_letter, without_hidden

COUNTRY = re.compile(r"[A-Z]{2}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_YEAR = 1900
# A browser sends the line breaks of a form as CR LF; the others come with what was copied.
LINE_BREAKS = re.compile("\r\n|[\u2028\u2029]")

Option = TypeVar("Option", bound=str)
Content = Mapping[str, Any]


def refuse_unknown(content: Content, known: Collection[str]) -> None:
    """Raises InvalidParameter for a field that is none of ours, so that no typing error is lost."""
    for name in content:
        if name not in known:
            raise InvalidParameter(f"There is no field {shown(name)}.", shown(name))


def shown(name: str) -> str:
    """A name that a caller gave, as an error may repeat it."""
    return without_hidden(name[:80])


def text(content: Content, name: str, most: int, required: bool = False) -> str:
    """Text of at most so many characters that people can see, trimmed, "" where there is none.

    Raises MissingField and InvalidParameter.
    """
    value = content.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise InvalidParameter(f"{name} must be plain text.", name)
    value = unicodedata.normalize("NFC", LINE_BREAKS.sub("\n", value))
    hidden = first_hidden(value)
    if hidden:
        raise InvalidParameter(f"{name} holds a character that nobody sees: {hidden}.", name)
    value = value.strip()
    if len(value) > most:
        raise InvalidParameter(f"{name} may have {most} characters.", name)
    if required and not value:
        raise MissingField(f"The field {name} is missing.", name)
    return value


def line(content: Content, name: str, most: int, required: bool = False) -> str:
    """Text that names something, as a person or a place: one line, with a letter of any script.

    Raises MissingField and InvalidParameter.
    """
    value = " ".join(text(content, name, most, required).split())
    if value and not has_letter(value):
        raise InvalidParameter(f"{name} must have a letter.", name)
    return value


def copied(content: Content, name: str, most: int) -> str:
    """Text that people copy, as a telephone number, without what copying added; raises
    InvalidParameter.
    """
    value = content.get(name)
    return text({name: as_typed(value) if isinstance(value, str) else value}, name, most)


def whole(content: Content, name: str, least: int, greatest: int) -> int | None:
    """A whole number in a range, as JSON has it or as a form writes it; None where there is none.

    Raises InvalidParameter.
    """
    value = content.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,4}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= greatest:
        raise InvalidParameter(f"{name} must be a whole number from {least} to {greatest}.", name)
    return value


def day(content: Content, name: str) -> str:
    """A day from 1900 to today, as YYYY-MM-DD; raises MissingField and InvalidParameter."""
    value = text(content, name, 10, required=True)
    try:
        fits = DAY.fullmatch(value) and FIRST_YEAR <= date.fromisoformat(value).year
        fits = fits and date.fromisoformat(value) <= date.today()
    except ValueError:
        fits = False
    if not fits:
        raise InvalidParameter(f"{name} must be a day that was, as YYYY-MM-DD.", name)
    return value


def country(content: Content, name: str, required: bool = False) -> str:
    """Two capital letters (ISO 3166-1 alpha-2); raises MissingField and InvalidParameter."""
    value = text(content, name, 2, required)
    if value and COUNTRY.fullmatch(value) is None:
        raise InvalidParameter(f"{name} must be two capital letters, as RO.", name)
    return value


def one_of(
    content: Content, name: str, options: Sequence[Option], default: Option | None = None
) -> Option:
    """One of the options; raises MissingField where there is no default, and InvalidParameter."""
    value = content.get(name)
    if (value is None or value == "") and default is not None:
        return default
    if value is None:
        raise MissingField(f"The field {name} is missing.", name)
    for known in options:
        if value == known:
            return known
    raise InvalidParameter(f"{name} must be one of: {', '.join(options)}.", name)
