"""training.held_out"""

import numpy as np

from aifr.recognition.align import arcface_crop
from training.held_out import held_out
from training.prepared import Prepared


def made(identities: list[int]) -> Prepared:
    count = len(identities)
    names = [f"{place}.jpg" for place in range(count)]
    none = np.full(count, -1)
    return Prepared("made", arcface_crop(), names, none, np.array(identities), none, none)


def test_about_one_person_in_sixteen_is_held_out_whole() -> None:
    out = held_out(made([person for person in range(1600) for _ in range(2)]))

    assert (out[::2] == out[1::2]).all()
    assert 60 < out[::2].sum() < 140


def test_photos_of_nobody_known_are_each_their_own() -> None:
    out = held_out(made([-1] * 1600))

    assert 60 < out.sum() < 140


def test_who_is_held_out_does_not_depend_on_who_else_is_there() -> None:
    assert (held_out(made(list(range(400))))[:100] == held_out(made(list(range(100))))).all()
