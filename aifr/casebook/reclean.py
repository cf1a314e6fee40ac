"""Cleans photos that earlier versions kept with words in them: `python -m aifr.casebook.reclean`.

Looks at every kept photo, and writes only where one is not clean. Again, it goes on where it
stopped. Ends with 1 where a photo could not be cleaned; these are named.
"""

import sys
from collections import Counter
from typing import Literal

from tqdm import tqdm

from aifr.casebook.home import home
from aifr.casebook.objects.contract import Objects, StoredObject
from aifr.casebook.photos import JPEG
from aifr.errors import AifrError
from aifr.recognition.clean import cleaned_again, is_clean
from aifr.settings import Settings, settings

Outcome = Literal["clean already", "cleaned", "gone or replaced meanwhile", "failed"]


def reclean(photos: Objects, settings: Settings) -> Counter[Outcome]:
    """Cleans every photo of a store; how many of what. One that fails does not stop it."""
    outcomes: Counter[Outcome] = Counter()
    for found in tqdm(list(photos.list()), "photos", disable=None):
        try:
            outcomes[_reclean_one(photos, found, settings)] += 1
        except AifrError as problem:
            outcomes["failed"] += 1
            print(f"{found.name!r}: {problem.code}", file=sys.stderr)
    return outcomes


def _reclean_one(photos: Objects, found: StoredObject, settings: Settings) -> Outcome:
    data = photos.get(found.name, settings.max_body_bytes)
    if is_clean(data):
        return "clean already"
    clean = cleaned_again(data, settings)
    # Of the generation that was listed: what was erased since stays so.
    done = photos.replace(found.name, clean, JPEG, found.generation)
    return "cleaned" if done else "gone or replaced meanwhile"


def main() -> None:
    outcomes = reclean(home().photos, settings())
    for what, count in outcomes.items():
        print(f"{count} {what}")
    sys.exit(1 if outcomes["failed"] else 0)


if __name__ == "__main__":
    main()
