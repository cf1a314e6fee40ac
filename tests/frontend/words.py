"""The texts of the site, as the files of frontend/languages say them."""

import json
import re
from functools import cache

from tests.served import ROOT

FRONTEND = ROOT / "frontend"
LANGUAGES = ("en", "ro")
ENTRY = re.compile(r'^  "([\w.]+)": (\{.*?\}|"(?:[^"\\]|\\.)*"),$', re.MULTILINE | re.DOTALL)
FORM = re.compile(r'(\w+): ("(?:[^"\\]|\\.)*")')

Forms = dict[str, str]


@cache
def texts(language: str) -> dict[str, Forms]:
    """Each key's text, or texts by the form of their number; a text without forms is "all"."""
    source = (FRONTEND / "languages" / f"{language}.js").read_text()
    found = {}
    for key, text in ENTRY.findall(source):
        forms = FORM.findall(text) if text.startswith("{") else [("all", text)]
        found[key] = {form: json.loads(words) for form, words in forms}
    return found


def words(language: str, key: str, **places: object) -> str:
    """A text without forms, its {places} filled."""
    return re.sub(r"\{(\w+)\}", lambda place: str(places[place[1]]), texts(language)[key]["all"])
