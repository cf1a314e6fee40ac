"""Pictures made of photos, for a student to learn what its teachers make of them.

A student that meets the same photos again and again learns them by heart, and most of these photos
are cut so close that their crops have a black frame, which the photos of a search have not. So the
frame is filled with what surrounds another face, and every other picture blends two faces into that
of nobody: far more faces than there are photos (Beyer et al. 2022, "Knowledge distillation: A good
teacher is patient and consistent", mix photos for the same reason).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from aifr.recognition.align import Crop
from aifr.recognition.card import sha256
from training.atomic import write_atomically
from training.teachers import embed_with_teacher, joined

BLACK = 3
FRAMELESS = 0.01
"""A photo with less of its crop in the frame can surround others."""
FARTHEST, SHARPEST = 0.4, 10.0
CHUNK = 1024
PART = 8192


@dataclass(frozen=True)
class Recipes:
    """m pictures. first, second: int64 (m,), the photos blended, the same for a picture of one.
    around: int64 (m,), the photo in their frames. angles, offsets, steepness: float32 (m,): a blend
    changes from the second to the first across a line, whose normal has this angle and whose way
    from the middle is this offset, in half sides; at steepness 0 it is half of each everywhere.
    """

    first: np.ndarray
    second: np.ndarray
    around: np.ndarray
    angles: np.ndarray
    offsets: np.ndarray
    steepness: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    @property
    def single(self) -> np.ndarray:
        """Whether a picture is of one photo, bool (m,)."""
        return self.first == self.second

    def where(self, chosen: slice | np.ndarray) -> "Recipes":
        """Some of them."""
        return Recipes(*(column[chosen] for column in vars(self).values()))


def draw_recipes(crops: np.ndarray, count: int, seed: int) -> Recipes:
    """So many recipes of pictures of crops uint8 (n, side, side, 3), the same for the same seed;
    more of them begin with the same.
    """
    whole = frameless(crops)
    parts = [_draw_part(len(crops), whole, (seed, part)) for part in range(-(-count // PART))]
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return Recipes(*(np.concatenate(column)[:count] for column in columns))


def _draw_part(photos: int, whole: np.ndarray, seed: tuple[int, int]) -> Recipes:
    generator = np.random.default_rng(seed)
    rounds = range(PART // photos + 1)
    first = np.concatenate([generator.permutation(photos) for _ in rounds])[:PART]
    other = generator.integers(0, photos, PART)
    return Recipes(
        first=first,
        second=np.where(np.arange(PART) % 2, other, first),
        around=generator.choice(whole, PART),
        angles=generator.uniform(0, 2 * np.pi, PART).astype(np.float32),
        offsets=generator.uniform(-FARTHEST, FARTHEST, PART).astype(np.float32),
        steepness=generator.uniform(0, SHARPEST, PART).astype(np.float32),
    )


def frameless(crops: np.ndarray) -> np.ndarray:
    """Indices of the crops that have next to no frame; of all where every crop has one."""
    starts = range(0, len(crops), CHUNK)
    shares = [frames(crops[start : start + CHUNK]).mean(axis=(1, 2)) for start in starts]
    chosen = np.flatnonzero(np.concatenate(shares) < FRAMELESS)
    return chosen if len(chosen) else np.arange(len(crops))


def frames(crops: np.ndarray) -> np.ndarray:
    """Bool (n, side, side): where black reaches to an edge of the crop, and a pixel around that."""
    red, green, blue = (crops[..., channel] <= BLACK for channel in range(3))
    black = red & green & blue
    reach = np.zeros_like(black)
    for axis in (1, 2):
        reach |= np.logical_and.accumulate(black, axis)
        reach |= np.flip(np.logical_and.accumulate(np.flip(black, axis), axis), axis)
    # Zeros around it keep the frame of one side from growing into the other.
    grown = np.pad(reach, ((0, 0), (1, 1), (1, 1)))
    for axis in (1, 2):
        grown = grown | np.roll(grown, 1, axis) | np.roll(grown, -1, axis)
    return grown[:, 1:-1, 1:-1]


def pictures(crops: np.ndarray, recipes: Recipes) -> np.ndarray:
    """The pictures of recipes, uint8 (m, side, side, 3), made of crops (n, side, side, 3)."""
    made = np.empty((len(recipes), *crops.shape[1:]), np.uint8)
    for start in range(0, len(recipes), CHUNK):
        chunk = slice(start, start + CHUNK)
        made[chunk] = picture(crops, recipes.where(chunk))
    return made


def picture(crops: np.ndarray, recipes: Recipes) -> np.ndarray:
    """The pictures of a few recipes at once, as `pictures`."""
    around = crops[recipes.around]
    first, second = (
        filled(crops[which], around).astype(np.float32) for which in (recipes.first, recipes.second)
    )
    share = shares(recipes, crops.shape[1])[..., None]
    return (second + share * (first - second) + 0.5).astype(np.uint8)


def filled(crops: np.ndarray, around: np.ndarray) -> np.ndarray:
    """Crops with what other crops show where they have a frame, all (n, side, side, 3)."""
    return np.where(frames(crops)[..., None], around, crops)


def shares(recipes: Recipes, side: int) -> np.ndarray:
    """The first photo's share of every pixel, float32 (m, side, side)."""
    place = np.linspace(-1, 1, side, dtype=np.float32)
    angles, offsets, steepness = (
        column[:, None, None] for column in (recipes.angles, recipes.offsets, recipes.steepness)
    )
    beyond = np.cos(angles) * place + np.sin(angles) * place[:, None] - offsets
    return 1 / (1 + np.exp(-steepness * beyond))


def composite_embeddings(
    crops: np.ndarray,
    recipes: Recipes,
    crop: Crop,
    teachers: list[Path],
    folder: Path,
    device: torch.device,
    weights: Sequence[float] | None = None,
) -> np.ndarray:
    """Unit float32 (m, d): the teachers' embeddings of the pictures of recipes, joined as
    `teacher_embeddings` joins them; kept in the folder, part by part, so that it resumes. Raises
    ValueError where those of other pictures were kept.
    """
    parts = [_kept(crops, recipes, crop, teacher, folder, device) for teacher in teachers]
    return joined(parts, weights)


def _kept(
    crops: np.ndarray,
    recipes: Recipes,
    crop: Crop,
    teacher: Path,
    folder: Path,
    device: torch.device,
) -> np.ndarray:
    """Parts hold PART pictures each; a picture's mean tells whether it is the one meant."""
    embeddings = []
    for start in range(0, len(recipes), PART):
        path = folder / "composites" / f"{sha256(teacher)[:12]}-{start:07d}.npz"
        made = pictures(crops, recipes.where(slice(start, start + PART)))
        means = made.mean(axis=(1, 2, 3), dtype=np.float64)
        if not path.exists():
            found = embed_with_teacher(made, crop, teacher, device)
            write_atomically(path, partial(np.savez, means=means, embeddings=found))
        kept = np.load(path)
        if not np.array_equal(kept["means"], means):
            raise ValueError(f"{path} is of other pictures: remove it")
        embeddings.append(kept["embeddings"])
    return np.concatenate(embeddings)
