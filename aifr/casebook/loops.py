"""Loops that no bad item ends."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from aifr.errors import AifrError

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_FAILURES = 10
log = logging.getLogger(__name__)


def each_alone(
    items: Iterable[Item], act: Callable[[Item], Result]
) -> Iterator[tuple[Item, Result | Exception]]:
    """Acts on every item, whatever becomes of the others, and yields each with what came of it: a
    result, or what was raised, which the log tells where it may pass. Raises what MOST_FAILURES in
    a row failed with, for then it is not the items that are at fault.
    """
    failures = 0
    for item in items:
        came: Result | Exception
        try:
            came, failures = act(item), 0
        except Exception as problem:
            failures = failures + 1 if may_pass(problem) else 0
            if failures == MOST_FAILURES:
                raise
            if may_pass(problem):
                log.error("one of many failed", exc_info=problem)
            came = problem
        yield item, came


def may_pass(problem: Exception) -> bool:
    """Whether the same may succeed another time: a store that cannot be reached, or a fault of
    ours.
    """
    return not isinstance(problem, AifrError) or problem.status >= 500


def exhaust(outcomes: Iterable[object]) -> int:
    """Goes to the end of a loop, whatever came of each item; how many there were."""
    return sum(1 for _ in outcomes)
