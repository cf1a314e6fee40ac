"""How much each address did in the running hour, in this instance alone: for functions that keep
nothing. With n instances at most n times as much passes.
"""

import time
from collections import OrderedDict
from threading import Lock

from flask import Request

from aifr.endpoint.caller import client_address, network_of
from aifr.errors import used_up
from aifr.settings import Settings

HOUR = 3600
# Some 3 MB; of more, those are forgotten who did nothing for longest.
MOST_CALLERS = 20_000


class Throttle:
    """Counts of one kind, as "comparisons"; safe for threads. They stay in memory for an hour."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._hour = 0
        self._counting = Lock()

    def count(self, request: Request, weight: int, settings: Settings, most: int) -> None:
        """Counts so much of the caller's; raises TooManyRequests where it would be above `most`."""
        address = network_of(client_address(request, settings.trusted_proxies))
        hour = int(time.time()) // HOUR
        with self._counting:
            if hour != self._hour:
                self._hour = hour
                self._counts.clear()
            counted = self._counts.get(address, 0) + weight
            if counted > most:
                raise used_up(self._kind, (hour + 1) * HOUR)
            self._counts[address] = counted
            self._counts.move_to_end(address)
            while len(self._counts) > MOST_CALLERS:
                self._counts.popitem(last=False)
