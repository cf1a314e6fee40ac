"""Functions with many routes: which path and method is answered by what, and for whom."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask import Request, Response

from aifr.endpoint.caller import Caller
from aifr.endpoint.cors import preflight
from aifr.endpoint.function import answering, set_up
from aifr.endpoint.health import HEALTH_METHODS, HEALTH_PARAMETERS, health
from aifr.endpoint.query import refuse_unknown_parameters
from aifr.endpoint.response import json_response
from aifr.errors import MethodNotAllowed, NotFound

# What is counted, each for itself: a limit of one is not used up by another.
Budget = Literal["reports", "photos", "corrections", "sightings", "searches"]
# owner: who reported the record, and staff. staff: reviewers and admins.
Access = Literal["everyone", "owner", "staff"]
Arguments = Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """A request that was let through. arguments: the parts of the path that a route names.
    route: the path of that route.
    """

    request: Request
    caller: Caller
    arguments: Arguments
    route: str


@dataclass(frozen=True)
class Route:
    """path: as "{case}/photos", below the function's address. counts: against which of the
    caller's hourly budgets. status: of an answer that is not a response already. parameters: those
    of the query; any other is refused.
    """

    method: str
    path: str
    access: Access
    answer: Callable[[Call], dict[str, Any] | Response]
    counts: Budget | None = None
    status: int = 200
    parameters: tuple[str, ...] = ()

    def match(self, parts: Sequence[str]) -> Arguments | None:
        """The arguments in a path, None where it is not this route's."""
        names = self.path.split("/") if self.path else []
        if len(names) != len(parts):
            return None
        pairs = [
            (name.strip("{}"), part, name[0] == "{")
            for name, part in zip(names, parts, strict=True)
        ]
        if not all(is_name(part, name) if named else name == part for name, part, named in pairs):
            return None
        return {name: part for name, part, named in pairs if named}


def is_name(text: str, kind: str) -> bool:
    """Whether a text names a record of a kind: the kind's first letter and 20 hex digits."""
    return re.fullmatch(f"{kind[0]}[0-9a-f]{{20}}", text) is not None


# Says who calls, or raises what keeps them out.
Admit = Callable[[Request, Route, Arguments], Caller]


def router(
    name: str, routes: Sequence[Route], admit: Admit, warm: Callable[[], str]
) -> Callable[[Request], Response]:
    """The HTTP function `name`."""
    set_up()

    def respond(request: Request) -> Response:
        return answering(request, lambda: _route(request, name, routes, admit, warm))

    respond.__name__ = name
    return respond


def _route(
    request: Request, name: str, routes: Sequence[Route], admit: Admit, warm: Callable[[], str]
) -> Response:
    parts = [part for part in request.path.split("/") if part]
    parts = parts[1:] if parts[:1] == [name] else parts
    fitting = [
        (route, arguments) for route in routes if (arguments := route.match(parts)) is not None
    ]
    allowed = _methods([route.method for route, _ in fitting])
    if parts == ["health"]:
        fitting, allowed = [], HEALTH_METHODS
    elif not fitting:
        raise NotFound("There is nothing at this address.")
    if request.method not in allowed:
        raise MethodNotAllowed(f"Use {' or '.join(allowed[:-1])} here.", allowed)
    if request.method == "OPTIONS":
        return preflight(allowed)
    if parts == ["health"]:
        refuse_unknown_parameters(request, HEALTH_PARAMETERS)
        return json_response(health(request, warm))
    method = "GET" if request.method == "HEAD" else request.method
    route, arguments = next(each for each in fitting if each[0].method == method)
    refuse_unknown_parameters(request, route.parameters)
    caller = admit(request, route, arguments)
    answer = route.answer(Call(request, caller, arguments, route.path))
    return answer if isinstance(answer, Response) else json_response(answer, route.status)


def _methods(methods: Sequence[str]) -> tuple[str, ...]:
    heads = ["HEAD"] if "GET" in methods else []
    return tuple(dict.fromkeys([*methods, *heads, "OPTIONS"]))
