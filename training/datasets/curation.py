"""Curated sets `small` and `large` out of AgeDB and CACD:

    python -m training.datasets.curation AgeDB_metadata.mat celebrity2000_meta.mat

prints how many identities and photos each rule selects; folders or zips of the photos do as well.
AgeDB was labelled by hand and CACD by search results, so CACD only completes the people of whom
AgeDB has too few photos. CACD's photos of a person at one age resemble each other: a few are kept.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from training.datasets import agedb, cacd
from training.datasets.people import person
from training.datasets.photographs import Dataset, Files, Photograph

AGEDB_FOLDER, CACD_FOLDER = "AgeDB", "CACD2000"


@dataclass(frozen=True)
class Rule:
    """identities: how many to keep. more_than: photos that each must exceed. most_an_age: photos of
    one person at one age that are kept of CACD.
    """

    identities: int
    more_than: int
    most_an_age: int


SMALL = Rule(identities=500, more_than=20, most_an_age=3)
LARGE = Rule(identities=1035, more_than=5, most_an_age=1)
RULES = {"small": SMALL, "large": LARGE}


def curate(
    agedb_photographs: list[Photograph], cacd_photographs: list[Photograph], rule: Rule
) -> list[Photograph]:
    """The photographs of the people with the widest span of ages among those with enough photos.

    Identities become "person/NAME", the same in both sets; where AgeDB tells a person's gender,
    all of their photos have it. Equal spans are ordered by name.
    """
    people = _by_person(agedb_photographs)
    for name, photographs in _by_person(cacd_photographs).items():
        if len(people[name]) <= rule.more_than:
            people[name] += thinned(photographs, rule.most_an_age)
    enough = {name: found for name, found in people.items() if len(found) > rule.more_than}
    widest = sorted(enough, key=lambda name: (-age_span(enough[name]), name))
    chosen = widest[: rule.identities]
    return [photo for name in sorted(chosen) for photo in _labelled(name, enough[name])]


def thinned(photographs: Iterable[Photograph], most_an_age: int) -> list[Photograph]:
    """At most so many photographs of each age, the first by name."""
    kept: dict[int | None, list[Photograph]] = defaultdict(list)
    for photograph in sorted(photographs, key=lambda p: p.name):
        if len(kept[photograph.age]) < most_an_age:
            kept[photograph.age].append(photograph)
    return [photograph for group in kept.values() for photograph in group]


def age_span(photographs: Iterable[Photograph]) -> int:
    """Years between the youngest and the oldest photograph; 0 where no age is known."""
    ages = [photograph.age for photograph in photographs if photograph.age is not None]
    return max(ages) - min(ages) if ages else 0


def read(rule_name: str, place: Path) -> Dataset:
    """The curated set of a folder that holds AgeDB/ and CACD2000/; raises MissingDataset."""
    sources = ((agedb, AGEDB_FOLDER), (cacd, CACD_FOLDER))
    found = [_within(source.read(place / folder), folder) for source, folder in sources]
    return Dataset(rule_name, Files(place), curate(found[0], found[1], RULES[rule_name]))


read_small = partial(read, "small")
read_large = partial(read, "large")


def _within(dataset: Dataset, folder: str) -> list[Photograph]:
    return [replace(p, name=f"{folder}/{p.name}") for p in dataset.photographs]


def _by_person(photographs: Iterable[Photograph]) -> dict[str, list[Photograph]]:
    people: dict[str, list[Photograph]] = defaultdict(list)
    for photograph in photographs:
        if photograph.identity is not None:
            people[person(photograph.identity)].append(photograph)
    return people


def _labelled(name: str, photographs: list[Photograph]) -> list[Photograph]:
    gender = next((p.gender for p in photographs if p.gender is not None), None)
    return [replace(p, identity=f"person/{name}", gender=gender) for p in photographs]


def _read_any(source, place: Path) -> list[Photograph]:  # type: ignore[no-untyped-def]
    return source.read_labels(place) if place.suffix == ".mat" else source.read(place).photographs


def report(rule_name: str, photographs: list[Photograph]) -> str:
    """One line on what a rule selected."""
    people = _by_person(photographs)
    spans = sorted(age_span(found) for found in people.values())
    ages = [p.age for p in photographs if p.age is not None]
    return (
        f"{rule_name}: {len(people)} identities, {len(photographs)} photos, "
        f"{min(map(len, people.values()))} to {max(map(len, people.values()))} each; "
        f"age span {spans[0]} to {spans[-1]} years, median {spans[len(spans) // 2]}; "
        f"ages {min(ages)} to {max(ages)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("agedb", type=Path, help="label table (.mat), or folder or zip of photos")
    parser.add_argument("cacd", type=Path, help="the same of CACD")
    arguments = parser.parse_args()
    agedb_photographs = _read_any(agedb, arguments.agedb)
    cacd_photographs = _read_any(cacd, arguments.cacd)
    for name, rule in RULES.items():
        print(report(name, curate(agedb_photographs, cacd_photographs, rule)))


if __name__ == "__main__":
    main()
