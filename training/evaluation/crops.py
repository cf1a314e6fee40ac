"""The aligned crops an evaluation is made on: through the whole serving path, or by landmarks."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image
from tqdm import tqdm

from aifr import recognition
from aifr.errors import AifrError
from aifr.recognition.align import Crop, align, similarity_transform
from aifr.recognition.card import sha256 as sha256_of_file
from aifr.recognition.decode import decode
from aifr.recognition.detect import find_faces
from aifr.recognition.faces import choose
from aifr.recognition.model import load_detector
from aifr.settings import Settings
from training.atomic import write_atomically
from training.datasets import fgnet
from training.datasets.photographs import Dataset, Photograph
from training.prepare import widened

Mode = Literal["detected", "landmarks"]
CropOf = Callable[[Photograph], np.ndarray]


@dataclass(frozen=True)
class Crops:
    """pixels: uint8 (n, side, side, 3), black where found (n,) is False: no face was there."""

    pixels: np.ndarray
    found: np.ndarray


def evaluation_crops(
    dataset: Dataset, data_hash: str, mode: Mode, crop: Crop, detector: Path, cache: Path
) -> Crops:
    """The crops of a data set, made once and then kept under `cache`."""
    # The settings bound what is decoded and which faces are looked for.
    made_by = f"{sha256_of_file(detector)} {Settings()!r} {code_hash()}"
    made_from = f"{data_hash} {mode} {crop} {made_by}"
    path = cache / f"crops-{sha256(made_from.encode()).hexdigest()[:16]}.npz"
    if not path.exists():
        crops = _made(dataset, mode, crop, detector)
        write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **vars(crops)))
    return Crops(**np.load(path))


def code_hash() -> str:
    """sha256 of the modules that make a crop of a photo's bytes."""
    modules = [*sorted(Path(recognition.__file__).parent.glob("*.py")), Path(__file__)]
    return sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()


def _made(dataset: Dataset, mode: Mode, crop: Crop, detector: Path) -> Crops:
    count = len(dataset.photographs)
    pixels = np.zeros((count, crop.side, crop.side, 3), np.uint8)
    found = np.zeros(count, bool)
    crop_of = crop_by_landmarks(dataset, crop)
    if mode == "detected":
        crop_of = crop_by_detection(dataset, crop, detector)
    for index, photograph in enumerate(tqdm(dataset.photographs, f"{dataset.name} crops")):
        try:
            pixels[index] = crop_of(photograph)
            found[index] = True
        except AifrError:
            continue
    return Crops(pixels, found)


def crop_by_detection(dataset: Dataset, crop: Crop, detector: Path) -> CropOf:
    """The path of a served photo: decode, detect, choose the largest face, align."""
    networks, settings = load_detector(detector), Settings()

    def crop_of(photograph: Photograph) -> np.ndarray:
        photo = decode(dataset.files.read(photograph.name), settings)
        image = widened(photo.image, dataset.margin, dataset.enlarge)
        face = choose(find_faces(image, networks, settings))
        return align(image, face.landmarks, crop)

    return crop_of


def crop_by_landmarks(dataset: Dataset, crop: Crop) -> CropOf:
    """Alignment by the annotators' points; FG-NET has them."""
    settings = Settings()

    def crop_of(photograph: Photograph) -> np.ndarray:
        photo = decode(dataset.files.read(photograph.name), settings)
        points = fgnet.landmarks(dataset.files, photograph) / photo.scale
        return reference_align(photo.image, points, crop)

    return crop_of


def reference_align(image: Image.Image, landmarks: np.ndarray, crop: Crop) -> np.ndarray:
    """The crop on which the teachers' published figures were measured, uint8 (side, side, 3).

    Bicubic, and points counted from pixels' edges. `aifr.recognition.align` counts from their
    centres and samples linearly, which moves leave-one-out by three of FG-NET's 499 photos.
    """
    matrix = similarity_transform(landmarks, np.asarray(crop.template))
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    size, way = (crop.side, crop.side), Image.Transform.AFFINE
    return np.asarray(image.transform(size, way, tuple(inverse.ravel()), Image.Resampling.BICUBIC))
