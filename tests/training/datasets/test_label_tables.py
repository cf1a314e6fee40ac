"""The real label tables of AgeDB and CACD, where they are."""

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from training.datasets import agedb, cacd
from training.datasets.curation import LARGE, SMALL, age_span, curate


@pytest.fixture(scope="module")
def tables(shared_data):
    folder = shared_data / "meta"
    return (
        agedb.read_labels(folder / "AgeDB_metadata.mat"),
        cacd.read_labels(folder / "celebrity2000_meta.mat"),
    )


def by_person(photographs):
    people: dict[str, list] = {}
    for photograph in photographs:
        people.setdefault(photograph.identity, []).append(photograph)
    return people


def test_every_row_of_agedb_is_read(tables):
    assert len(tables[0]) == 16488
    assert len(by_person(tables[0])) == 567


def test_every_row_of_cacd_is_read_and_its_file_name_says_what_the_table_says(tables):
    assert len(tables[1]) == 163446
    assert len(by_person(tables[1])) == 2000
    assert all(cacd.parse(PurePosixPath(row.name)) == row for row in tables[1])


@pytest.mark.parametrize(
    ("rule", "identities", "photos"), [(SMALL, 500, 16122), (LARGE, 1035, 21179)]
)
def test_the_rules_select(tables, rule, identities, photos):
    people = by_person(curate(tables[0], tables[1], rule))

    assert len(people) == identities
    assert sum(map(len, people.values())) == photos
    assert min(map(len, people.values())) > rule.more_than
    assert len({p.name for found in people.values() for p in found}) == photos


def test_nobody_left_out_of_the_small_set_spans_more_ages(tables):
    chosen = by_person(curate(tables[0], tables[1], SMALL))
    everyone = by_person(curate(tables[0], tables[1], replace(SMALL, identities=10**6)))

    left_out = max(age_span(found) for name, found in everyone.items() if name not in chosen)
    assert left_out <= min(age_span(found) for found in chosen.values())
