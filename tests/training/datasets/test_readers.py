"""Each reader on a small set made in its format."""

from zipfile import ZipFile

import pytest

from training.datasets import agedb, cacd, faces, folder
from training.datasets.photographs import MissingDataset, Photograph
from training.datasets.registry import READERS


def made_files(place, *names):
    for name in names:
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return place


def test_agedb_takes_name_age_and_gender_from_the_file_name(tmp_path):
    made_files(tmp_path, "0_MariaCallas_35_f.jpg", "11_PaulAnka_46_m.jpg", "readme.txt")

    found = agedb.read(tmp_path).photographs

    assert found == [
        Photograph("0_MariaCallas_35_f.jpg", "agedb/MariaCallas", age=35, gender=1),
        Photograph("11_PaulAnka_46_m.jpg", "agedb/PaulAnka", age=46, gender=0),
    ]


def test_cacd_takes_age_and_name_from_the_file_name(tmp_path):
    made_files(tmp_path, "53_Robin_Williams_0001.jpg", "9_Sinéad_O'Connor_0012.jpg")

    found = cacd.read(tmp_path).photographs

    assert found == [
        Photograph("53_Robin_Williams_0001.jpg", "cacd/Robin_Williams", age=53),
        Photograph("9_Sinéad_O'Connor_0012.jpg", "cacd/Sinéad_O'Connor", age=9),
    ]


def test_folder_takes_people_from_folders_and_ages_from_the_table(tmp_path):
    made_files(tmp_path, "ada/young.jpg", "ada/old.png", "ben/only.JPG", "ben/notes.txt")
    (tmp_path / "ages.csv").write_text("file,age,gender\nada/young.jpg,7,1\nben/only.JPG,,0\n")

    found = {photograph.name: photograph for photograph in folder.read(tmp_path).photographs}

    assert found == {
        "ada/young.jpg": Photograph("ada/young.jpg", "folder/ada", age=7, gender=1),
        "ada/old.png": Photograph("ada/old.png", "folder/ada"),
        "ben/only.JPG": Photograph("ben/only.JPG", "folder/ben", gender=0),
    }


def test_folder_reads_a_zip_and_a_table_that_a_spreadsheet_wrote(tmp_path):
    with ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr("ada/young.jpg", b"")
        archive.writestr("ages.csv", "\ufefffile,age\r\nada/young.jpg,7\r\n")

    assert folder.read(tmp_path / "set.zip").photographs == [
        Photograph("ada/young.jpg", "folder/ada", age=7)
    ]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("ada/lost.jpg,7,1", "ada/lost.jpg"),
        ("ada/young.jpg,seven,1", "seven"),
        ("ada/young.jpg,7,2", "gender"),
    ],
)
def test_folder_refuses_a_table_that_makes_no_sense(tmp_path, row, complaint):
    made_files(tmp_path, "ada/young.jpg")
    (tmp_path / "ages.csv").write_text(f"file,age,gender\n{row}\n")

    with pytest.raises(ValueError, match=complaint):
        folder.read(tmp_path)


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_missing_data_set_says_where_it_comes_from_its_shape_and_its_terms(tmp_path, name):
    with pytest.raises(MissingDataset) as raised:
        READERS[name](tmp_path / "nowhere")

    message = str(raised.value)
    assert "nowhere" in message
    assert all(word in message for word in ("From:", "look like:", "Terms:"))


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_folder_of_other_files_is_a_missing_data_set(tmp_path, name):
    made_files(tmp_path, "something/else.txt")

    with pytest.raises(MissingDataset):
        READERS[name](tmp_path)


def test_faces_takes_people_from_folders_and_seeks_no_face_in_a_crop(tmp_path):
    made_files(tmp_path, "lfw/Ada_B/0001.webp", "mps/25/0002.webp", "people.csv", "lfw/x.webp")

    found = faces.read(tmp_path)

    assert found.aligned
    assert found.photographs == [
        Photograph("lfw/Ada_B/0001.webp", "lfw/Ada_B"),
        Photograph("mps/25/0002.webp", "mps/25"),
    ]
