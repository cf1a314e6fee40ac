"""aifr.recognition.recognise: the whole path, on real photographs"""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from aifr.errors import NoFace
from aifr.recognition.compare import similarity
from aifr.recognition.decode import decode
from aifr.recognition.detect import find_faces
from aifr.recognition.model import Model
from aifr.recognition.recognise import recognise
from aifr.settings import Settings
from aifr.stages import collect_stages
from tests.photos import encoded, face_photo, faceless_photo, portrait

SETTINGS = Settings()


def variants(image: Image.Image) -> dict[str, bytes]:
    """The photo as other devices would send it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = image.transpose(Image.Transpose.ROTATE_90)
    return {
        "turned": encoded(turned, "JPEG", quality=95, exif=exif),
        "heic": encoded(image, "HEIF", quality=90),
        "webp": encoded(image, "WEBP", quality=90),
        "png": encoded(image, "PNG"),
    }


@pytest.mark.parametrize("kind", ["turned", "heic", "webp", "png"])
def test_the_same_photo_in_another_form_embeds_alike(model: Model, kind: str) -> None:
    original = recognise(face_photo(), model, SETTINGS)

    other = recognise(variants(portrait())[kind], model, SETTINGS)

    assert other.size == original.size
    assert similarity(original.embedding, other.embedding) >= 0.98


def test_boxes_are_in_pixels_of_the_photo_however_large(model: Model) -> None:
    large = encoded(portrait().resize((4096, 4096), Image.Resampling.BICUBIC), "JPEG")

    small_one, large_one = (recognise(data, model, SETTINGS) for data in (face_photo(), large))

    assert large_one.size == (4096, 4096)
    np.testing.assert_allclose(np.array(large_one.face.box) / 8, small_one.face.box, atol=6)
    assert similarity(small_one.embedding, large_one.embedding) >= 0.95


def test_stages_are_timed(model: Model) -> None:
    with collect_stages() as stages:
        recognise(face_photo(), model, SETTINGS)

    assert set(stages) == {"decode", "detect", "align", "embed"}
    assert all(milliseconds > 0 for milliseconds in stages.values())


def test_a_photo_without_a_face_is_an_error(model: Model) -> None:
    with pytest.raises(NoFace):
        recognise(faceless_photo(), model, SETTINGS)


def test_faces_are_found_on_nearly_all_photographs(model: Model, shared_data: Path) -> None:
    with ZipFile(shared_data / "fgnet_dev.zip") as photographs:
        names = [name for name in photographs.namelist() if name.endswith(".JPG")]
        images = [decode(photographs.read(name), SETTINGS).image for name in names]

    found = [bool(find_faces(image, model.detector, SETTINGS)) for image in images]

    assert len(found) == 499
    assert np.mean(found) >= 0.99


def test_one_persons_photographs_are_more_alike_than_two_peoples(
    model: Model, shared_data: Path
) -> None:
    with ZipFile(shared_data / "fgnet_dev.zip") as photographs:
        names = sorted(name for name in photographs.namelist() if name.endswith(".JPG"))[::5]
        embeddings = np.stack(
            [recognise(photographs.read(name), model, SETTINGS).embedding for name in names]
        )
    subjects = np.array([name.split("/")[1][:3] for name in names])

    alike = embeddings @ embeddings.T
    pairs = np.triu_indices(len(names), 1)
    same = (subjects[:, None] == subjects)[pairs]
    scores = alike[pairs]
    # The area under the ROC curve is the share of same pairs above different ones.
    area = (scores[same][:, None] > scores[~same]).mean()

    assert same.sum() > 50
    assert area >= 0.76
