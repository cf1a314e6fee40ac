"""Comparing two photos beside a peer: `python -m benchmarks.compare`.

One thread each. Photos: the public-domain portrait of scikit-image at 1024 px, and its mirror
image. Needs the extra `bench`.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import io  # noqa: E402

import face_recognition  # noqa: E402
from PIL import Image, ImageOps  # noqa: E402
from skimage.data import astronaut  # noqa: E402

from aifr.recognition.compare import similarity  # noqa: E402
from aifr.recognition.model import Model, load_model  # noqa: E402
from aifr.recognition.recognise import recognise  # noqa: E402
from aifr.settings import Settings  # noqa: E402
from benchmarks.timing import cpu_milliseconds, print_table  # noqa: E402

LONG_SIDE = 1024


def photos() -> list[bytes]:
    """The portrait and its mirror image as JPEG files."""
    portrait = Image.fromarray(astronaut()).resize((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    files = []
    for image in (portrait, ImageOps.mirror(portrait)):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=90)
        files.append(buffer.getvalue())
    return files


def ours(model: Model, files: list[bytes]) -> float:
    """Two photos to one similarity, as images_similarity does it."""
    first, second = (recognise(data, model, Settings()).embedding for data in files)
    return similarity(first, second)


def theirs(files: list[bytes]) -> float:
    """The same with face_recognition, as its documentation does it."""
    encodings = []
    for data in files:
        image = face_recognition.load_image_file(io.BytesIO(data))
        encodings.append(face_recognition.face_encodings(image)[0])
    return float(face_recognition.face_distance(encodings[:1], encodings[1])[0])


def main() -> None:
    """Prints the table."""
    model, files = load_model(Settings().model_folder), photos()
    comparing = {"face_recognition": lambda: theirs(files), "aifr": lambda: ours(model, files)}
    print_table(
        f"Two photos of {LONG_SIDE} px to one similarity",
        cpu_milliseconds(comparing),
        "face_recognition",
    )


if __name__ == "__main__":
    main()
