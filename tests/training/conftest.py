"""A made data set."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.photos import encoded, face_photo, portrait


@pytest.fixture
def utkface_zip(tmp_path: Path) -> Path:
    """Four photos as UTKFace names them: three of a face, one of none; and one misnamed."""
    path = tmp_path / "utkface.zip"
    blank = encoded(portrait().crop((0, 300, 100, 400)))
    with ZipFile(path, "w") as photographs:
        for name in ("30_1_0_1.jpg", "31_1_0_2.jpg", "32_1_0_3.jpg"):
            photographs.writestr(name, face_photo())
        photographs.writestr("5_0_0_4.jpg", blank)
        photographs.writestr("39_1_20170116174525125.jpg", face_photo())
    return path
