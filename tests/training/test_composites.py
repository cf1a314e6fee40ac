"""training.composites"""

from pathlib import Path

import numpy as np
import pytest
import torch

from aifr.recognition.align import arcface_crop
from tests.training.made_lessons import MadeTeacher
from training import composites as composites_module
from training.composites import (
    Recipes,
    composite_embeddings,
    draw_recipes,
    frameless,
    frames,
    pictures,
    shares,
)

SIDE = 16


def plain(colour: int, frame: int = 0) -> np.ndarray:
    """A crop of one colour in a black frame so many pixels wide."""
    crop = np.zeros((SIDE, SIDE, 3), np.uint8)
    crop[frame : SIDE - frame, frame : SIDE - frame] = colour
    return crop


def recipe(first: int, second: int, around: int, steepness: float = 0.0) -> Recipes:
    """A single recipe whose line is upright and in the middle."""
    photos = [np.array([photo]) for photo in (first, second, around)]
    line = [np.array([value], np.float32) for value in (0.0, 0.0, steepness)]
    return Recipes(*photos, *line)


def test_a_frame_is_black_that_reaches_an_edge_and_a_pixel_around_it() -> None:
    crop = plain(90, frame=3)
    crop[7:9, 7:9] = 0

    found = frames(crop[None])[0]

    expected = np.ones((SIDE, SIDE), bool)
    expected[4:-4, 4:-4] = False
    assert (found == expected).all()


def test_the_frame_of_one_side_leaves_the_other_side_as_it_is() -> None:
    crop = plain(90)
    crop[:3] = 0

    assert np.flatnonzero(frames(crop[None])[0].all(axis=1)).tolist() == [0, 1, 2, 3]


def test_a_photo_without_a_frame_has_none() -> None:
    assert not frames(plain(90)[None]).any()


def test_photos_without_a_frame_alone_surround_others() -> None:
    crops = np.stack([plain(90, frame=3), plain(120), plain(60, frame=2), plain(200)])

    recipes = draw_recipes(crops, 100, seed=0)

    assert {*recipes.around} == {1, 3}


def test_where_every_photo_has_a_frame_any_may_surround_another() -> None:
    assert frameless(np.stack([plain(90, frame=3), plain(60, frame=2)])).tolist() == [0, 1]


def test_a_picture_of_one_photo_shows_it_and_around_it_another() -> None:
    crops = np.stack([plain(90, frame=3), plain(200)])

    picture = pictures(crops, recipe(0, 0, 1))[0]

    assert (picture[4:-4, 4:-4] == 90).all()
    assert (picture[:4] == 200).all() and (picture[:, -4:] == 200).all()


def test_a_blend_shows_the_second_photo_on_one_side_and_the_first_on_the_other() -> None:
    crops = np.stack([plain(90), plain(200), plain(0)])

    picture = pictures(crops, recipe(0, 1, 2, steepness=50))[0]

    assert (picture[:, :6] == 200).all() and (picture[:, 10:] == 90).all()


def test_the_softest_blend_is_half_of_each() -> None:
    crops = np.stack([plain(90), plain(200)])

    assert (pictures(crops, recipe(0, 1, 1))[0] == 145).all()


def test_the_share_is_half_on_the_line_and_more_beyond_it() -> None:
    offset, angle, steepness = 0.25, np.pi / 2, 4.0
    line = [np.array([value], np.float32) for value in (angle, offset, steepness)]

    share = shares(Recipes(*[np.zeros(1, int)] * 3, *line), side=9)[0]

    for row, place in enumerate(np.linspace(-1, 1, 9)):
        expected = 1 / (1 + np.exp(-steepness * (place - offset)))
        assert share[row] == pytest.approx(np.full(9, expected), abs=1e-5)


def test_every_photo_is_used_as_often_and_every_other_picture_is_of_it_alone() -> None:
    crops = np.stack([plain(colour) for colour in range(50, 60)])

    recipes = draw_recipes(crops, 40, seed=3)

    assert np.bincount(recipes.first).tolist() == [4] * 10
    assert recipes.single[::2].all() and not recipes.single[1::2].all()
    assert str(draw_recipes(crops, 40, seed=3)) == str(recipes)
    assert (draw_recipes(crops, 40, seed=4).first != recipes.first).any()


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    path = tmp_path / "made.pt"
    torch.jit.trace(MadeTeacher(), torch.rand(2, 3, 112, 112)).save(str(path))
    return path


def test_more_recipes_begin_with_the_same() -> None:
    crops = np.stack([plain(colour) for colour in range(50, 60)])

    few, more = (draw_recipes(crops, count, seed=3) for count in (40, 60))

    for column in vars(few):
        assert (getattr(more, column)[:40] == getattr(few, column)).all()


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(4, 256, (5, 112, 112, 3), dtype=np.uint8)


def test_pictures_are_embedded_once_and_then_kept(
    teacher: Path, tmp_path: Path, noise: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composites_module, "PART", 2)
    recipes = draw_recipes(noise, 5, seed=0)
    place = (arcface_crop(), [teacher, teacher], tmp_path, torch.device("cpu"))

    found = composite_embeddings(noise, recipes, *place)
    kept = list(tmp_path.glob("composites/*.npz"))
    monkeypatch.setattr(composites_module, "embed_with_teacher", None)
    again = composite_embeddings(noise, recipes, *place)

    made = torch.from_numpy(pictures(noise, recipes)).permute(0, 3, 1, 2) / 255
    single = MadeTeacher()(made).numpy()
    assert found == pytest.approx(np.hstack([single, single]) / np.sqrt(2), abs=0.02)
    assert len(kept) == 3 and (again == found).all()


def test_embeddings_of_other_pictures_are_refused(
    teacher: Path, tmp_path: Path, noise: np.ndarray
) -> None:
    place = (arcface_crop(), [teacher], tmp_path, torch.device("cpu"))
    composite_embeddings(noise, draw_recipes(noise, 5, seed=0), *place)

    with pytest.raises(ValueError, match="other pictures: remove it"):
        composite_embeddings(noise, draw_recipes(noise, 5, seed=1), *place)
