"""Moments as records hold them: UTC, ISO 8601 with microseconds, so that text sorts as time."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """This moment."""
    return as_text(datetime.now(UTC))


def days_ago(days: float) -> str:
    """The moment so many days before this one."""
    return as_text(datetime.now(UTC) - timedelta(days=days))


def as_text(moment: datetime) -> str:
    """A moment with a time zone, as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def seconds_since(moment: str) -> float:
    """Seconds from a moment, ISO 8601 with a time zone, to now; raises ValueError."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
