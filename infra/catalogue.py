"""The functions of this project: folder below functions/ -> name of the target in its main.py."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPARISONS = {
    "similarity": "images_similarity",
    "batch_similarity": "batch_images_similarity",
}
HTTP_TARGETS = {**COMPARISONS, "cases": "cases", "search": "search"}
EVENT_TARGETS = {"ingest": "ingest_photo"}
TARGETS = {**HTTP_TARGETS, **EVENT_TARGETS}
