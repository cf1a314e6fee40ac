"""Configuration: one frozen dataclass, read from the environment once."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MEBI = 1024 * 1024
DEFAULT_MODEL_FOLDER = Path(__file__).resolve().parent.parent / "models" / "default"
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
PLATFORM_VARIABLES = {"google_cloud_project": "GOOGLE_CLOUD_PROJECT"}
# One variable that stands for several fields, where they have none of their own.
SHARED_VARIABLES = dict.fromkeys(
    ("reports_an_hour", "photos_an_hour", "corrections_an_hour", "sightings_an_hour"),
    "AIFR_WRITES_AN_HOUR",
)


@dataclass(frozen=True)
class Settings:
    """Limits and places; each field is set by the variable AIFR_<FIELD NAME IN CAPITALS>.

    max_decode_bytes: what decoding one photo may take, beside the model and the bodies of requests.
    records: sqlite:FILE or firestore://PROJECT/DATABASE. photos, incoming: file:FOLDER,
    gs://BUCKET/PREFIX or s3://BUCKET/PREFIX; clean copies, and what was uploaded and waits for
    ingestion. partner_buckets: s3://BUCKET/PREFIX=PARTNER whose events are taken, for cases of that
    partner (identity or name) alone; nothing is removed there.
    match_bar: likelihood ratio from which a match enters the reviewers' queue.
    blind_review: no scores until a reviewer has answered. two_person_publishing: what one reviewer
    verified another publishes, where there are two. staff_audience: of the OpenID Connect
    tokens of reviewers; staff_keys: whether keys are taken in their place, as locally.
    trusted_proxies: how many add to X-Forwarded-For. ..._an_hour: what one address may do, or one
    key of a partner, or on one record who holds its secret (aifr/desk/budgets.py);
    AIFR_WRITES_AN_HOUR sets those of reports, photos, corrections and sightings at once.
    comparisons_an_hour: for one address and instance, each similarity that an answer tells.
    refused_tokens_an_hour: tokens that open nothing. staff_requests_an_hour: of one reviewer.
    pairs_told: the most similarities of pairs that one answer tells. retry_hours: how long an event
    that fails is tried again. keep_..._days: until a sighting and a closed case are erased;
    reviewers keep a sighting of which a match stands. allowed_origins: the sites that browsers may
    call from, "*" for all. google_cloud_project: set by the platform's own variable,
    GOOGLE_CLOUD_PROJECT; links log lines to traces.
    """

    model_folder: Path = DEFAULT_MODEL_FOLDER
    max_body_bytes: int = 30 * MEBI
    max_file_bytes: int = 10 * MEBI
    max_files: int = 20
    max_pixels: int = 50_000_000
    max_decode_bytes: int = 256 * MEBI
    min_side: int = 32
    decode_long_side: int = 2048
    detect_long_side: int = 640
    search_long_side: int = 1280
    torch_threads: int = 1
    records: str = "sqlite:data/casebook.sqlite3"
    photos: str = "file:data/photos"
    incoming: str = "file:data/incoming"
    partner_buckets: tuple[str, ...] = ()
    match_bar: float = 10.0
    blind_review: bool = True
    two_person_publishing: bool = True
    staff_audience: str = ""
    staff_keys: bool = False
    trusted_proxies: int = 0
    reports_an_hour: int = 60
    photos_an_hour: int = 120
    corrections_an_hour: int = 120
    sightings_an_hour: int = 60
    searches_an_hour: int = 300
    comparisons_an_hour: int = 600
    refused_tokens_an_hour: int = 100
    staff_requests_an_hour: int = 3000
    pairs_told: int = 25
    retry_hours: int = 24
    keep_sightings_days: int = 365
    keep_closed_days: int = 90
    allowed_origins: tuple[str, ...] = ()
    google_cloud_project: str = ""


def read_settings(environment: dict[str, str]) -> Settings:
    """Settings from variables; a field without a variable keeps its default.

    Raises ValueError naming the variable whose value does not fit its type.
    """
    values: dict[str, object] = {}
    for name, default in vars(Settings()).items():
        own = PLATFORM_VARIABLES.get(name, f"AIFR_{name.upper()}")
        variable = own if own in environment else SHARED_VARIABLES.get(name, own)
        if variable in environment:
            values[name] = _parse(variable, environment[variable], default)
    return Settings(**values)  # type: ignore[arg-type]


def _parse(variable: str, text: str, default: object) -> object:
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, str):
        return text
    if isinstance(default, bool):
        return _truth(variable, text)
    try:
        return type(default)(text)  # type: ignore[call-arg]
    except ValueError:
        kind = "whole number" if isinstance(default, int) else "number"
        raise ValueError(f"{variable} must be a {kind}, not {text!r}") from None


def _truth(variable: str, text: str) -> bool:
    if text not in TRUTHS:
        raise ValueError(f"{variable} must be true or false, not {text!r}")
    return TRUTHS[text]


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read_settings(dict(os.environ))
