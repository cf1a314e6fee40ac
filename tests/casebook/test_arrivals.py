"""An object says by its store, never by its name alone, whose photo it is."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from aifr.casebook.arrivals import Arrival
from aifr.casebook.home import Home
from aifr.casebook.identity import new_identity
from aifr.casebook.ingestion import Outcome, ingest
from aifr.casebook.keys import create_key, revoke_keys, rotate_key
from aifr.casebook.photo_changes import remove_photo
from aifr.casebook.photos import (
    MOST_PHOTOS,
    add_photo,
    get_photo,
    object_name,
    photo_identity,
    photos_of,
)
from aifr.errors import TooManyFiles
from tests.casebook.conftest import (
    SETTINGS,
    a_case,
    a_partners_case,
    a_sighted,
    embedded,
    ingest_all,
    patiently,
    upload,
)
from tests.casebook.foreign import put_foreign
from tests.casebook.made import made_card, made_recognise, photo_of


def arrive(home: Home, name: str, data: bytes, **told: object) -> Outcome:
    """What comes of an object of a store."""
    put_foreign(home.incoming, name, data)
    generation = home.incoming.stat(name).generation
    arrival = Arrival(home.incoming, name, generation, **told)  # type: ignore[arg-type]
    return ingest(home, arrival, made_recognise, made_card(), SETTINGS)


def of_police(home: Home, name: str, data: bytes) -> Outcome:
    return arrive(home, name, data, ours=False, partner="police")


@pytest.mark.parametrize("state", ["draft", "verified", "published"])
def test_a_partner_writes_into_no_case_that_is_not_theirs(home: Home, state: str) -> None:
    case = a_case(home, state)

    outcome = of_police(home, f"{case}/1.jpg", photo_of(1))

    assert outcome.photo is None
    assert outcome.refused is not None and outcome.refused.code == "not_allowed"
    assert photos_of(home.records, case) == [] and home.records.faces(case) == []


def test_nor_into_a_case_of_another_partner_nor_a_sighting(home: Home) -> None:
    create_key(home.records, "shelter", "partner")
    subjects = [a_partners_case(home, "shelter"), a_sighted(home)]

    refused = [of_police(home, f"{each}/1.jpg", photo_of(1)).refused for each in subjects]

    assert [problem.code for problem in refused if problem] == ["not_allowed"] * 2
    assert home.records.count("photos", {}) == 0


def test_a_store_of_nobody_writes_nowhere(home: Home) -> None:
    cases = [a_case(home), a_partners_case(home)]

    outcomes = [arrive(home, f"{case}/1.jpg", photo_of(1), ours=False) for case in cases]

    assert all(outcome.refused for outcome in outcomes)
    assert home.records.count("photos", {}) == 0


def test_a_partner_writes_into_their_own_case(home: Home) -> None:
    case = a_partners_case(home)

    outcome = of_police(home, f"{case}/my photo.jpg", photo_of(1))

    assert outcome.photo is not None and outcome.photo.state == "embedded"
    assert [face.photo for face in home.records.faces(case)] == [outcome.photo.identity]


@pytest.mark.parametrize("name", ["photo.jpg", "p.jpg", "pANY.thing.jpg", "picture 1.JPG"])
def test_two_cases_with_a_photo_of_one_name_both_get_theirs(home: Home, name: str) -> None:
    first, second = a_partners_case(home), a_partners_case(home)

    one = of_police(home, f"{first}/{name}", photo_of(1))
    two = of_police(home, f"{second}/{name}", photo_of(2))

    assert one.photo and two.photo and one.photo.identity != two.photo.identity
    assert one.photo.identity == photo_identity(first, photo_of(1))
    assert get_photo(home.records, second, two.photo.identity).state == "embedded"


@pytest.mark.parametrize("ours", [True, False])
def test_a_name_like_ours_that_we_did_not_give_is_no_identity(home: Home, ours: bool) -> None:
    case = a_partners_case(home)
    name = object_name(case, new_identity("p"))

    outcome = arrive(home, name, photo_of(1), ours=ours, partner="" if ours else "police")

    assert outcome.photo is not None
    assert outcome.photo.identity == photo_identity(case, photo_of(1))


@pytest.mark.parametrize("erased", [False, True])
def test_the_photo_of_another_case_is_not_addressed_by_its_name(home: Home, erased: bool) -> None:
    mine, other = a_case(home), a_case(home)
    pending = upload(home, other, photo_of(2))
    if erased:
        remove_photo(home, other, pending.identity, "reporter")

    outcome = arrive(home, object_name(mine, pending.identity), photo_of(1))

    assert outcome.photo is not None and outcome.photo.subject == mine
    assert outcome.photo.identity == photo_identity(mine, photo_of(1))
    assert home.records.faces(other) == []


def test_a_partner_whose_key_was_rotated_still_writes_and_a_namesake_does_not(home: Home) -> None:
    create_key(home.records, "police", "partner")
    case = a_partners_case(home)
    rotate_key(home.records, "police")
    rotated = of_police(home, f"{case}/1.jpg", photo_of(1))
    revoke_keys(home.records, "police")
    create_key(home.records, "police", "partner")

    namesake = of_police(home, f"{case}/2.jpg", photo_of(1, 2))

    assert rotated.photo is not None
    assert namesake.refused is not None
    assert len(photos_of(home.records, case)) == 1


def test_what_is_beyond_the_most_photos_is_refused_and_removed(home: Home) -> None:
    case = a_case(home, "published")
    names = [f"{case}/upload-{number}.jpg" for number in range(MOST_PHOTOS + 3)]

    outcomes = [arrive(home, name, photo_of(number)) for number, name in enumerate(names)]

    refused = [outcome.refused.code for outcome in outcomes if outcome.refused]
    assert refused == ["too_many_files"] * 3
    assert len(photos_of(home.records, case)) == len(home.records.faces(case)) == MOST_PHOTOS
    assert list(home.incoming.list()) == []
    assert len(list(home.photos.list())) == MOST_PHOTOS


def test_the_most_photos_are_those_of_every_way_in(home: Home) -> None:
    case = a_partners_case(home)
    for take in range(MOST_PHOTOS - 1):
        embedded(home, case, photo_of(take))

    by_bucket = of_police(home, f"{case}/a.jpg", photo_of(100))
    beyond = of_police(home, f"{case}/b.jpg", photo_of(101))
    again = of_police(home, f"{case}/c.jpg", photo_of(100))
    with pytest.raises(TooManyFiles):
        add_photo(home, case, new_identity("p"), photo_of(102), None, None, "reporter")

    assert by_bucket.photo and again.photo and not again.refused
    assert beyond.refused is not None
    ingest_all(home)
    assert len(home.records.faces(case)) == MOST_PHOTOS


def test_the_most_photos_hold_when_many_arrive_at_once(home: Home) -> None:
    case = a_case(home)
    for take in range(MOST_PHOTOS - 2):
        embedded(home, case, photo_of(take))
    names = [f"{case}/upload-{number}.jpg" for number in range(6)]

    with ThreadPoolExecutor(6) as pool:
        acts = [partial(arrive, home, name, photo_of(200 + n)) for n, name in enumerate(names)]
        outcomes = list(pool.map(patiently, acts))

    assert sum(outcome.refused is not None for outcome in outcomes) == 4
    assert len(photos_of(home.records, case)) == MOST_PHOTOS
