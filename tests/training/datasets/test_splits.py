import numpy as np

from training.datasets.splits import identity_split, photo_split


def made_identities():
    return np.repeat(np.arange(10), [1, 2, 5, 5, 10, 10, 10, 20, 20, 40])


def test_a_fifth_of_each_persons_photos_is_held_out():
    identities = made_identities()

    held = photo_split(identities, 0.2, seed=0)

    assert [int(held[identities == i].sum()) for i in range(10)] == [0, 0, 1, 1, 2, 2, 2, 4, 4, 8]


def test_nobody_is_on_both_sides_of_an_identity_split():
    identities = made_identities()

    held = identity_split(identities, 0.2, seed=0)

    assert len(set(identities[held])) == 2
    assert not set(identities[held]) & set(identities[~held])


def test_photos_of_unknown_identity_stay_in_training_of_an_identity_split():
    identities = np.array([-1, 0, -1, 1, 2])

    assert not identity_split(identities, 1.0, seed=0)[identities == -1].any()


def test_a_seed_gives_one_split_and_another_seed_another():
    identities = made_identities()

    for split in (photo_split, identity_split):
        first, again, other = (split(identities, 0.3, seed) for seed in (1, 1, 2))
        assert (first == again).all()
        assert (first != other).any()
