"""The readers of sets whose labels stand in their file names"""

from pathlib import Path

import numpy as np
import pytest

from training.datasets import all_age_faces, fgnet, lfw, utkface
from training.datasets.photographs import MissingDataset


@pytest.mark.parametrize("reader", [utkface, all_age_faces, lfw, fgnet])
def test_a_missing_data_set_says_where_to_get_it(reader, tmp_path: Path) -> None:
    for place in (tmp_path / "missing", tmp_path):
        with pytest.raises(MissingDataset) as raised:
            reader.read(place)
        assert reader.DESCRIPTION.source in str(raised.value)
        assert reader.DESCRIPTION.terms in str(raised.value)


def test_readers_take_labels_from_names(tmp_path: Path) -> None:
    names = {
        "aaf": ["07380A02.jpg", "07381A80.jpg"],
        "lfw": ["A_B/A_B_0001.jpg", "A_B/A_B_0002.jpg", "readme.txt"],
        "fgnet": ["images/001A02.JPG", "images/001A14a.JPG"],
    }
    for folder, files in names.items():
        for name in files:
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).touch()

    faces = all_age_faces.read(tmp_path / "aaf").photographs
    people = lfw.read(tmp_path / "lfw").photographs
    subjects = fgnet.read(tmp_path / "fgnet").photographs

    assert [(p.age, p.gender) for p in faces] == [(2, 1), (80, 0)]
    assert [p.identity for p in people] == ["lfw/A_B", "lfw/A_B"]
    assert [(p.identity, p.age) for p in subjects] == [("fgnet/001", 2), ("fgnet/001", 14)]


def test_five_points_come_out_of_the_68_in_order(tmp_path: Path) -> None:
    points = np.arange(136, dtype=float).reshape(68, 2)
    # Some annotators numbered the eyes from the other side.
    points[[31, 36]] = points[[36, 31]]
    text = "version: 1\nn_points: 68\n{\n" + "\n".join(f"{x} {y}" for x, y in points) + "\n}"
    (tmp_path / "images").mkdir()
    (tmp_path / "points").mkdir()
    (tmp_path / "images" / "001A02.JPG").touch()
    (tmp_path / "points" / "001a02.pts").write_text(text)
    dataset = fgnet.read(tmp_path)

    five = fgnet.landmarks(dataset.files, dataset.photographs[0])

    assert five[:, 0].tolist() == [62, 72, 134, 96, 108]
