"""Parameters of the query string."""

import re
from collections.abc import Collection, Sequence
from typing import TypeVar

from flask import Request

from aifr.errors import InvalidParameter
from aifr.fields import shown

WHOLE_NUMBER = re.compile(r"[0-9]{1,3}")
FLAGS = {"true": True, "1": True, "false": False, "0": False}

Option = TypeVar("Option", bound=str)


def refuse_unknown_parameters(request: Request, known: Collection[str]) -> None:
    """Raises InvalidParameter for a parameter that is none of these, or is told more than once:
    what was meant would be lost without a word.
    """
    for name, values in request.args.lists():
        if name not in known:
            raise InvalidParameter(f"There is no parameter {shown(name)} here.", shown(name))
        if len(values) > 1:
            raise InvalidParameter(f"{name} may be told once.", name)


def flag(request: Request, name: str) -> bool:
    """A yes or no, no by default; raises InvalidParameter for a word that is neither."""
    value = request.args.get(name, "false")
    if value not in FLAGS:
        raise InvalidParameter(f"{name} must be true or false.", name)
    return FLAGS[value]


def option(request: Request, name: str, options: Sequence[Option]) -> Option:
    """One of `options`, the first by default; raises InvalidParameter for any other word."""
    value = request.args.get(name, options[0])
    for known in options:
        if value == known:
            return known
    raise InvalidParameter(f"{name} must be one of: {', '.join(options)}.", name)


def whole_number(request: Request, name: str, greatest: int) -> int | None:
    """A whole number from 0 to `greatest`, None where the parameter is absent; raises
    InvalidParameter for anything else.
    """
    value = request.args.get(name)
    if value is None:
        return None
    if WHOLE_NUMBER.fullmatch(value) is None or int(value) > greatest:
        raise InvalidParameter(f"{name} must be a whole number from 0 to {greatest}.", name)
    return int(value)
