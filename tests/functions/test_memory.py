"""The heaviest input beside a second request, under the memory that deploy.sh asks for."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from benchmarks.cold_start import asked_for, peak_memory, rows
from infra.catalogue import HTTP_TARGETS
from tests.photos import encoded, file, portrait
from tests.served import ROOT, serve

MEBI = 1024 * 1024
BODY = 9 * MEBI
SEEN = {"seen_on": "2022-08-01", "place": "Turda", "country": "RO"}


def heaviest() -> bytes:
    """A face in 49 megapixels of PNG, which no decoder reduces, and 9 MiB of a file."""
    large = Image.new("RGB", (7000, 7000), "white")
    large.paste(portrait().resize((1024, 1024)), (2000, 2000))
    data = encoded(large, "PNG")
    return data + bytes(BODY - len(data))


def fields(name: str, photo: bytes) -> dict[str, Any]:
    if name == "similarity":
        return {"image1": file(photo), "image2": file(photo)}
    if name == "batch_similarity":
        return {"imageList1": file(photo), "imageList2": file(photo)}
    return {"photo": file(photo), **SEEN}


@pytest.mark.parametrize(
    ("name", "path"), [("similarity", "/"), ("batch_similarity", "/"), ("search", "/sightings")]
)
def test_the_heaviest_input_beside_another_fits_into_what_is_deployed(
    name: str, path: str, tmp_path: Path
) -> None:
    row, photo = rows()[name], heaviest()
    with tempfile.TemporaryDirectory() as spooled:
        environment = {
            "THREADS": row[5],
            "TMPDIR": spooled,
            "OMP_NUM_THREADS": "1",
            "AIFR_RECORDS": f"sqlite:{tmp_path}/casebook.sqlite3",
            "AIFR_PHOTOS": f"file:{tmp_path}/photos",
            "AIFR_INCOMING": f"file:{tmp_path}/incoming",
        }
        source = ROOT / "functions" / name / "main.py"
        with (
            serve(source, HTTP_TARGETS[name], environment=environment) as served,
            ThreadPoolExecutor(2) as pool,
        ):
            answers = list(pool.map(lambda _: served.post(fields(name, photo), path), range(2)))
            peak = peak_memory(served.pid) + peak_memory(served.worker)

    assert [answered.status for answered in answers] in ([200, 200], [201, 201])
    # What lies in /tmp is memory there: the bodies of both.
    bodies = 2 * 2 * BODY / MEBI
    assert peak + bodies < asked_for(row)
