from training.datasets.curation import LARGE, SMALL, Rule, age_span, curate, read_small, thinned
from training.datasets.people import person
from training.datasets.photographs import Photograph


def photographs(source, name, ages, gender=None):
    return [
        Photograph(f"{number}_{name}_{age}.jpg", f"{source}/{name}", age, gender)
        for number, age in enumerate(ages)
    ]


def people(found):
    return {photograph.identity for photograph in found}


def test_one_person_is_spelt_alike_in_both_sets():
    assert person("agedb/PenélopeCruz") == person("cacd/Penelope_Cruz") == "penelopecruz"
    assert person("cacd/Robin_Williams") != person("cacd/Robin_Wright")


def test_people_need_more_photos_than_the_rule_says():
    enough = photographs("agedb", "Ada", [20, 30, 40])
    few = photographs("agedb", "Ben", [10, 90])

    assert people(curate(enough + few, [], Rule(5, more_than=2, most_an_age=1))) == {"person/ada"}


def test_the_widest_spans_are_kept():
    wide, narrow = photographs("agedb", "Ada", [5, 60]), photographs("agedb", "Ben", [30, 40])

    assert people(curate(narrow + wide, [], Rule(1, more_than=1, most_an_age=1))) == {"person/ada"}


def test_equal_spans_are_ordered_by_name():
    first, second = photographs("agedb", "Ada", [20, 30]), photographs("agedb", "Ben", [30, 40])

    assert people(curate(second + first, [], Rule(1, 1, 1))) == {"person/ada"}


def test_cacd_completes_a_person_whom_agedb_has_too_few_photos_of():
    agedb = photographs("agedb", "AdaLovelace", [20], gender=1)
    cacd = photographs("cacd", "Ada_Lovelace", [30, 30, 31])

    found = curate(agedb, cacd, Rule(1, more_than=2, most_an_age=1))

    assert {photograph.age for photograph in found} == {20, 30, 31}
    assert len(found) == 3
    assert people(found) == {"person/adalovelace"}


def test_cacd_adds_nothing_where_agedb_suffices():
    agedb = photographs("agedb", "AdaLovelace", [20, 50])
    cacd = photographs("cacd", "Ada_Lovelace", [30, 31])

    assert len(curate(agedb, cacd, Rule(1, more_than=1, most_an_age=1))) == 2


def test_the_gender_that_agedb_tells_holds_for_all_photos_of_the_person():
    agedb = photographs("agedb", "AdaLovelace", [20], gender=1)
    cacd = photographs("cacd", "Ada_Lovelace", [30, 31])

    assert {p.gender for p in curate(agedb, cacd, Rule(1, 1, 1))} == {1}


def test_photos_of_one_age_are_thinned():
    found = thinned(photographs("cacd", "Ada", [30, 30, 30, 31]), most_an_age=2)

    assert [photograph.age for photograph in found] == [30, 30, 31]


def test_the_span_of_photos_without_ages_is_nothing():
    assert age_span([Photograph("a.jpg")]) == 0


def test_reads_both_sets_under_one_folder(tmp_path):
    for folder, names in {
        "AgeDB": [f"{n}_AdaLovelace_{20 + n}_f.jpg" for n in range(21)],
        "CACD2000": ["30_Ben_Bitdiddle_0001.jpg"],
    }.items():
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_bytes(name.encode())

    dataset = read_small(tmp_path)

    assert people(dataset.photographs) == {"person/adalovelace"}
    first = dataset.photographs[0].name
    assert dataset.files.read(first) == first.removeprefix("AgeDB/").encode()


def test_the_rules_are_those_of_the_thesis():
    assert (SMALL.identities, SMALL.more_than) == (500, 20)
    assert (LARGE.identities, LARGE.more_than) == (1035, 5)
