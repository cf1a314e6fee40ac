"""aifr.recognition.detect, against facenet-pytorch's own MTCNN"""

from importlib.util import find_spec
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from PIL import Image

from aifr.recognition.decode import decode
from aifr.recognition.detect import MOST_CANDIDATES, detect, find_faces, scales
from aifr.recognition.faces import Face
from aifr.recognition.model import Model
from aifr.settings import Settings
from tests.photos import portrait
from tests.recognition.test_align import LANDMARKS
from tests.recognition.test_boxes import naive_suppression
from training.networks.inception import facenet


@pytest.fixture
def facenet_detection(monkeypatch: pytest.MonkeyPatch) -> Any:
    """facenet-pytorch's MTCNN, its suppression plain where torchvision lacks the compiled one."""
    if find_spec("facenet_pytorch") is None or find_spec("torchvision") is None:
        pytest.skip("facenet-pytorch is not installed")
    package = facenet()
    from facenet_pytorch.models.utils import detect_face

    def batched_nms(boxes: Any, scores: Any, groups: Any, threshold: float) -> Any:
        scored = np.column_stack([boxes.numpy(), scores.numpy()])
        return torch.tensor(naive_suppression(scored, threshold, False), dtype=torch.int64)

    monkeypatch.setattr(detect_face, "batched_nms", batched_nms)
    return package.MTCNN


def overlap(first: Face, box: np.ndarray) -> float:
    """Intersection over union."""
    left, top, right, bottom = first.box
    width = max(0.0, min(right, box[2]) - max(left, box[0]))
    height = max(0.0, min(bottom, box[3]) - max(top, box[1]))
    union = first.area + (box[2] - box[0]) * (box[3] - box[1]) - width * height
    return width * height / union


def assert_same_faces(image: Image.Image, model: Model, peer: Any, **settings: Any) -> int:
    """Compares with the peer and returns how many faces there are."""
    boxes, probabilities, points = peer.detect(image, landmarks=True)
    faces = detect(image, model.detector, **settings)

    assert len(faces) == (0 if boxes is None else len(boxes))
    for index in range(len(faces)):
        face = max(faces, key=lambda found: overlap(found, boxes[index]))
        assert overlap(face, boxes[index]) >= 0.9
        assert np.abs(face.landmarks - points[index]).max() <= 2
        assert abs(face.probability - probabilities[index]) <= 0.02
    return len(faces)


@pytest.fixture(scope="module")
def crowd() -> Image.Image:
    """Three faces of three sizes, one of them turned a little."""
    image = Image.new("RGB", (1200, 700), (120, 130, 110))
    image.paste(portrait(), (0, 0))
    image.paste(portrait().rotate(12).resize((400, 400)), (520, 60))
    image.paste(portrait().resize((260, 260)), (930, 300))
    return image


@pytest.mark.parametrize(
    ("smallest_face", "factor"), [(20, 0.709), (40, 0.709), (40, 0.5), (60, 0.8)]
)
def test_same_faces_as_facenet_pytorch(
    model: Model, crowd: Image.Image, smallest_face: int, factor: float, facenet_detection: Any
) -> None:
    peer = facenet_detection(min_face_size=smallest_face, factor=factor, keep_all=True)

    count = assert_same_faces(crowd, model, peer, smallest_face=smallest_face, factor=factor)

    assert count >= 3


def test_same_faces_on_photographs(model: Model, shared_data: Any, facenet_detection: Any) -> None:
    peer = facenet_detection(min_face_size=40, keep_all=True)
    with ZipFile(shared_data / "fgnet_dev.zip") as photographs:
        names = [name for name in photographs.namelist() if name.endswith(".JPG")][::25]
        counts = [
            assert_same_faces(decode(photographs.read(name), Settings()).image, model, peer)
            for name in names
        ]

    assert sum(counts) >= len(names) - 1


def test_landmarks_lie_where_a_person_marked_them(model: Model) -> None:
    (face,) = find_faces(portrait(), model.detector, Settings())

    assert np.abs(face.landmarks - LANDMARKS).max() < 5


def test_the_finer_search_finds_what_the_first_cannot(model: Model) -> None:
    far_away = Image.new("RGB", (1600, 1200), (120, 130, 110))
    far_away.paste(portrait().resize((200, 200)), (700, 500))

    (face,) = find_faces(far_away, model.detector, Settings())

    assert face.box[0] > 700 and face.box[2] < 900
    assert 20 < face.box[2] - face.box[0] < 60


def test_nothing_is_found_in_nothing(model: Model) -> None:
    assert find_faces(Image.new("RGB", (32, 32)), model.detector, Settings()) == []
    assert find_faces(Image.new("RGB", (640, 40), "white"), model.detector, Settings()) == []


def test_the_pyramid_ends_where_a_cell_no_longer_fits() -> None:
    levels = list(scales(480, 640, 40, 0.5))

    assert levels == [0.3, 0.15, 0.075, 0.0375]
    assert 480 * levels[-1] >= 12 > 480 * levels[-1] * 0.5


def test_a_photo_full_of_faces_costs_no_more_than_its_bound(model: Model) -> None:
    face = portrait().crop((150, 30, 300, 200)).resize((64, 64))
    crowded = Image.new("RGB", (1280, 1280))
    for place in range(400):
        crowded.paste(face, (place % 20 * 64, place // 20 * 64))

    faces = detect(crowded, model.detector, smallest_face=20)

    assert 300 < len(faces) <= MOST_CANDIDATES
