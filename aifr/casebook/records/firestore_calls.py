"""How Firestore is called: how long a call may take, what is tried again, what a failure means."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypedDict

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type

from aifr.errors import StoreUnavailable

# Passing troubles are waited out this long; a call that gets no answer ends after the other.
TROUBLE_SECONDS = 5.0
CALL_SECONDS = 20.0
TRANSIENT = (
    exceptions.Aborted,
    exceptions.Cancelled,
    exceptions.GatewayTimeout,
    exceptions.InternalServerError,
    exceptions.ResourceExhausted,
    exceptions.RetryError,
    exceptions.ServiceUnavailable,
    exceptions.Unknown,
)


class CallOptions(TypedDict):
    """What every call of the client takes."""

    retry: Retry
    timeout: float


READING = CallOptions(
    retry=Retry(
        predicate=if_exception_type(
            exceptions.InternalServerError, exceptions.ServiceUnavailable, exceptions.Unknown
        ),
        initial=0.1,
        maximum=1.0,
        timeout=TROUBLE_SECONDS,
    ),
    timeout=CALL_SECONDS,
)


@contextmanager
def failures() -> Iterator[None]:
    """Failures that may pass, but not mistakes in what was asked, as StoreUnavailable."""
    try:
        yield
    except TRANSIENT as error:
        raise StoreUnavailable("The records cannot be reached just now.") from error
