"""Every text in every language: none missing, none unused, one for every error."""

import inspect
import re
from collections.abc import Iterator
from typing import get_args

import pytest

from aifr import errors
from aifr.casebook.answering import Refusal
from aifr.casebook.cases import REPORT_FIELDS, STATES
from aifr.casebook.decisions import ANSWER_WORDS, MATCH_STATES
from aifr.casebook.sightings import SIGHTING_STATES
from aifr.recognition.calibration import BECAUSE
from aifr.recognition.quality import MEASURES
from tests.frontend.words import FRONTEND, LANGUAGES, texts

SCRIPTS = {
    path: path.read_text()
    for path in sorted(FRONTEND.rglob("*.js"))
    if path.parent.name != "languages"
}
FILES = (".html", ".jpg", ".js", ".json", ".svg")
# The forms of numbers of a language: categories of the Unicode CLDR.
NUMBERS = {"en": {"one", "other"}, "ro": {"one", "few", "other"}}


def listed(page: str, pattern: str, between: tuple[str, str] = ("", "")) -> set[str]:
    """What a page lists by name in its script."""
    source = SCRIPTS[FRONTEND / "pages" / f"{page}.js"]
    begin, end = between
    part = source[source.index(begin) :]
    return set(re.findall(pattern, part[: part.index(end)] if end else part, re.MULTILINE))


CODES = {
    kind.code
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.AifrError)
}
CASE_STATES: set[str] = set(STATES)
ANSWERS: set[str] = set(ANSWER_WORDS)
# What stands for ${...} in the keys that are put together, each family of keys once.
FAMILIES: dict[str, set[str]] = {
    "compare.${}": {"first", "second"},
    "compare.${}.missing": {"first", "second"},
    "contact.${}": {"name", "email", "phone", "relation"},
    "developers.${}": listed("developers", r"^  (\w+): `curl"),
    "doubt.${}": set(BECAUSE),
    "home.what.${}": {"looks", "people", "not"},
    "match.${}": set(MATCH_STATES),
    "model.${}": {"ages_given", "ages_expected"},
    "model.limit.${}": listed("model", r'"(\w+)"', ("LIMITS = [", "]")),
    "photos.${}": {"waiting", "pending", "undecided", "embedded"},
    "privacy.${}": listed("privacy", r'"(\w+)"', ("PARTS = [", "]")),
    "problem.${}": CODES | {"unreachable"},
    "quality.${}": {measure.name for measure in MEASURES},
    "queue.${}": ANSWERS,
    "queue.refusal.${}": set(get_args(Refusal)),
    "queue.said.${}": ANSWERS,
    "receipt.${}": {"case", "sighting"},
    "report.${}": set(REPORT_FIELDS),
    "report.photos.${}": {"years", "front", "alone"},
    "report.step.${}": {"person", "circumstances", "contact", "photos"},
    "review.${}": {"queue", "cases", "sightings", "search", "matches"},
    "review.check.${}": {"person", "photos", "consent"},
    "review.make.${}": CASE_STATES,
    "review.sighting.${}": set(SIGHTING_STATES),
    "sex.${}": {"female", "male", "unknown"},
    "shortcut.${}": ANSWERS - {"withdraw"},
    "sighting.${}": set(SIGHTING_STATES),
    "state.${}": CASE_STATES,
}  # fmt: skip
WITH_MORE = (
    "developers.${}", "home.what.${}", "match.${}", "privacy.${}", "receipt.${}", "sighting.${}",
    "state.${}",
)  # fmt: skip
FAMILIES |= {f"{family}.more": FAMILIES[family] for family in WITH_MORE}


def used_keys() -> Iterator[str]:
    """Every key that a script names, whole or as a family."""
    for source in SCRIPTS.values():
        yield from re.findall(r'"((?:[a-z_0-9]+\.)+[a-z_0-9]+)"', source)
        yield from re.findall(r'text\("(\w+)"', source)
        for template in re.findall(r"`((?:[a-z_0-9]+\.)+\$\{[^`]*)`", source):
            family = re.sub(r"\$\{[^}]*\}", "${}", template)
            yield from (family.replace("${}", each) for each in FAMILIES[family])


def test_every_language_has_every_text() -> None:
    keys = {language: set(texts(language)) for language in LANGUAGES}

    assert len(keys["en"]) > 300
    assert keys["en"] == keys["ro"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_a_language_is_overlooked(language: str) -> None:
    source = (FRONTEND / "languages" / f"{language}.js").read_text()

    assert re.findall(r'^  "([\w.]+)":', source, re.MULTILINE) == list(texts(language))


def test_every_text_that_is_used_is_there() -> None:
    used = {key for key in used_keys() if not key.endswith(FILES)} - {"2d"}

    assert used - set(texts("en")) == set()


def test_every_text_that_is_there_is_used() -> None:
    assert set(texts("en")) - set(used_keys()) == set()


def test_a_text_has_the_same_places_in_every_language() -> None:
    def places(language: str, key: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", " ".join(texts(language)[key].values())))

    # The English age of today is a number, the Romanian one has its noun.
    keys = set(texts("en")) - {"case.ages"}

    assert [key for key in keys if places("en", key) != places("ro", key)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_have_the_forms_of_the_language(language: str) -> None:
    forms = {key: set(text) for key, text in texts(language).items() if set(text) != {"all"}}

    assert forms
    assert all(each == NUMBERS[language] for each in forms.values()), forms


def test_romanian_is_written_with_its_own_letters() -> None:
    source = (FRONTEND / "languages" / "ro.js").read_text()

    assert {"ă", "â", "î", "ș", "ț"} <= set(source)
    assert not {"ş", "ţ"} & set(source)
