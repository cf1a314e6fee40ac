"""The functions of this project: folder below functions/ -> name of the target in its main.py."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HTTP_TARGETS = {
    "similarity": "images_similarity",
    "batch_similarity": "batch_images_similarity",
}
