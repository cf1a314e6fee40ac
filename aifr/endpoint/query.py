"""Parameters of the query string."""

from collections.abc import Sequence
from typing import TypeVar

from flask import Request

from aifr.errors import InvalidParameter

FLAGS = {"true": True, "1": True, "false": False, "0": False}

Option = TypeVar("Option", bound=str)


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
