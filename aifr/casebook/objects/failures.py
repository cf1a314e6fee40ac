"""The failures that all stores share, in the same words."""

from aifr.errors import FileTooLarge, ObjectMissing, StoreUnavailable


class ConditionFailed(Exception):
    """The object is not what a request made its condition; stays within the stores."""


def missing(name: str) -> ObjectMissing:
    """Nothing is kept under this name."""
    return ObjectMissing(f"There is no object {name!r}.")


def is_folder(name: str, size: int) -> bool:
    """Whether an object of a bucket is what consoles make and show as a folder."""
    return not name or (size == 0 and name.endswith("/"))


def unavailable() -> StoreUnavailable:
    """Says no more to the caller: the cause goes to the log with the traceback."""
    return StoreUnavailable("The store of photos cannot be reached just now.")


def check_size(size: int, most_bytes: int) -> None:
    """Raises FileTooLarge for an object of more bytes than its reader takes."""
    if size > most_bytes:
        raise FileTooLarge(f"The object is larger than {most_bytes} bytes.")
