"""infra/firestore.indexes.json and infra/firestore.rules as what gcloud and curl take:

python -m infra.firestore composite      the options of each index, a line each
python -m infra.firestore fields         the options of each field that needs no index
python -m infra.firestore ruleset        the request that makes a ruleset of the rules
python -m infra.firestore content        the rules in the ruleset on standard input
python -m infra.firestore value NAME     a field of the JSON object on standard input
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

INFRA = Path(__file__).resolve().parent
RULES = INFRA / "firestore.rules"
INDEXES = INFRA / "firestore.indexes.json"


def read_indexes() -> dict[str, Any]:
    """The file of indexes, in the form of the Firebase CLI."""
    content: dict[str, Any] = json.loads(INDEXES.read_text())
    return content


def composite_options() -> Iterator[str]:
    """What makes each composite or vector index, options apart by spaces."""
    for index in read_indexes()["indexes"]:
        fields = " ".join(f"--field-config={_field(field)}" for field in index["fields"])
        yield (
            f"--collection-group={index['collectionGroup']} "
            f"--query-scope={index['queryScope'].lower()} {fields}"
        )


def _field(field: dict[str, Any]) -> str:
    settings = {"field-path": field["fieldPath"]}
    if "vectorConfig" in field:
        dimension = field["vectorConfig"]["dimension"]
        settings["vector-config"] = f'{{"dimension":"{dimension}","flat":"{{}}"}}'
    elif "arrayConfig" in field:
        settings["array-config"] = field["arrayConfig"].lower()
    else:
        settings["order"] = field["order"].lower()
    return ",".join(f"{name}={value}" for name, value in settings.items())


def unindexed_fields() -> Iterator[str]:
    """The fields that nothing asks by, which then cost no index."""
    for field in read_indexes()["fieldOverrides"]:
        group = field["collectionGroup"]
        yield f"{field['fieldPath']} --collection-group={group} --disable-indexes"


def ruleset() -> str:
    """The request body that makes a ruleset."""
    file = {"name": RULES.name, "content": RULES.read_text()}
    return json.dumps({"source": {"files": [file]}})


def content_of(answer: str) -> str:
    """The text of the rules in a ruleset, empty where it is none."""
    try:
        return str(json.loads(answer)["source"]["files"][0]["content"])
    except (ValueError, KeyError, IndexError, TypeError):
        return ""


def value_of(answer: str, name: str) -> str:
    """A field of a JSON object, empty where it has none."""
    try:
        return str(json.loads(answer)[name])
    except (ValueError, KeyError, TypeError):
        return ""


def main() -> None:
    """Prints what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["composite", "fields", "ruleset", "content", "value"])
    parser.add_argument("name", nargs="?", default="", help="for value")
    parser.add_argument("--out", type=Path, help="a file instead of standard output")
    arguments = parser.parse_args()
    answers: dict[str, Callable[[], str]] = {
        "composite": lambda: "\n".join(composite_options()),
        "fields": lambda: "\n".join(unindexed_fields()),
        "ruleset": ruleset,
        "content": lambda: content_of(sys.stdin.read()),
        "value": lambda: value_of(sys.stdin.read(), arguments.name),
    }
    text = answers[arguments.what]()
    if arguments.out:
        arguments.out.write_text(text)
    elif text:
        print(text)


if __name__ == "__main__":
    main()
