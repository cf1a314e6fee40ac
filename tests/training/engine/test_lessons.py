from dataclasses import replace

import numpy as np
import pytest

from tests.training.made import made_set, write_prepared
from training.engine.lessons import chosen, data_hash, held_out, join, read_lessons
from training.pseudo_labels import write_labels


def test_people_of_two_sets_are_told_apart():
    first, second = made_set(people=3, name="first"), made_set(people=2, name="second")

    lessons = join([first, second], fewest_photos=2)

    assert lessons.people == 5
    assert set(lessons.identities[:30]) == {0, 1, 2}
    assert set(lessons.identities[30:]) == {3, 4}
    assert lessons.sources == {"first": 30, "second": 20}
    assert len(set(lessons.names)) == 50


def test_photos_of_unknown_people_are_kept_without_identity():
    known, unknown = made_set(people=3), made_set(people=2, name="unknown")
    unknown = replace(unknown, identities=np.full(20, -1))

    lessons = join([unknown, known], fewest_photos=2)

    assert (lessons.identities[:20] == -1).all()
    assert lessons.people == 3


def test_people_of_too_few_photos_become_unknown_and_the_others_are_numbered_without_gaps():
    prepared = replace(made_set(people=1, photos_each=6), identities=np.array([0, 1, 1, 2, 3, 3]))

    lessons = join([prepared], fewest_photos=2)

    assert lessons.identities.tolist() == [-1, 0, 0, -1, 1, 1]
    assert lessons.people == 2


def test_ages_become_groups():
    lessons = join([made_set()], fewest_photos=2)

    assert set(lessons.age_groups) == {0, 1, 2}


def test_the_measure_is_never_trained_on():
    with pytest.raises(ValueError, match="never learnt from"):
        join([made_set(name="fgnet")], fewest_photos=2)


def test_sets_of_different_crops_are_not_joined():
    with pytest.raises(ValueError, match="different crops"):
        join([made_set(side=16), made_set(side=8, name="other")], fewest_photos=2)


def test_photos_of_unknown_people_are_never_held_out():
    prepared = made_set(people=2)
    identities = np.where(prepared.identities == 0, -1, prepared.identities)
    lessons = join([replace(prepared, identities=identities)], fewest_photos=2)

    held = held_out(lessons, 0.5, seed=0)

    assert not held[:10].any()
    assert held[10:].sum() == 5


def test_choosing_keeps_each_photo_with_its_labels():
    lessons = join([made_set()], fewest_photos=2)
    mask = np.arange(len(lessons)) % 7 == 0

    part = chosen(lessons, mask)

    assert part.names == [name for name, keep in zip(lessons.names, mask, strict=True) if keep]
    assert (part.identities == lessons.identities[mask]).all()
    assert part.people == lessons.people


def test_one_pixel_or_label_changes_the_hash():
    lessons = join([made_set()], fewest_photos=2)
    crops, genders = lessons.crops.copy(), lessons.genders.copy()
    crops[3, 2, 1, 0] ^= 1
    genders[5] ^= 1

    hashes = {
        data_hash(lessons),
        data_hash(replace(lessons, crops=crops)),
        data_hash(replace(lessons, genders=genders)),
    }

    assert len(hashes) == 3
    assert data_hash(join([made_set()], fewest_photos=2)) in hashes


def test_pseudo_labels_fill_what_is_unknown_and_nothing_else(tmp_path):
    prepared = made_set(people=2, photos_each=3)
    prepared = replace(prepared, genders=np.array([-1, 0, -1, 0, -1, -1]))
    folder = write_prepared(prepared, tmp_path / "set")
    write_labels(folder, prepared.names, np.full(6, 99), np.ones(6, dtype=np.int64))

    filled = read_lessons([folder], fewest_photos=2, pseudo_labels=True)
    plain = read_lessons([folder], fewest_photos=2, pseudo_labels=False)

    assert filled.genders.tolist() == [1, 0, 1, 0, 1, 1]
    assert plain.genders.tolist() == [-1, 0, -1, 0, -1, -1]
    assert (filled.age_groups == plain.age_groups).all()
