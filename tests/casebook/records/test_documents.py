"""What aifr.casebook.records.contract promises of documents, in both homes."""

import pytest

from aifr.casebook.records.contract import Document, FaceFilter, Query, Records
from tests.casebook.records.made import put

DEEP: Document = {
    "text": "Ștefan 😀 \"quoted\" 'single' \\ \n\0end",
    "whole": 2**62,
    "part": 0.1 + 0.2,
    "tiny": 5e-324,
    "one": 1.0,
    "yes": True,
    "no": False,
    "nothing": None,
    "empty": {},
    "none": [],
    "list": [1, "two", {"three": [3.5, None]}],
    "map": {"reviewer@example.org": {"answer": "confirm"}, "a b": 1, "`x`": 2},
}


def test_a_document_comes_back_as_it_was_put(records: Records) -> None:
    put(records, "cases", {"c1": DEEP})

    found = records.get("cases", "c1")

    assert found == DEEP
    assert [type(found[name]) for name in ("one", "yes", "whole")] == [float, bool, int]


def test_what_was_never_put_is_none(records: Records) -> None:
    put(records, "cases", {"c1": {"a": 1}})

    assert records.get("cases", "c2") is None
    assert records.get("photos", "c1") is None


def test_put_replaces_the_whole_document(records: Records) -> None:
    put(records, "cases", {"c1": {"a": 1, "b": 2}})

    put(records, "cases", {"c1": {"b": 3}})

    assert records.get("cases", "c1") == {"b": 3}


def test_a_deleted_document_is_gone_and_may_be_deleted_again(records: Records) -> None:
    put(records, "cases", {"c1": {"a": 1}, "c2": {"a": 2}})

    for _ in range(2):
        records.transact(lambda transaction: transaction.delete("cases", "c1"))

    assert records.get("cases", "c1") is None
    assert records.get("cases", "c2") == {"a": 2}


@pytest.mark.parametrize("identity", ["c0123456789abcdef0123-000001", "a.b", "A:b_c-d.E", "0"])
def test_ids_of_our_letters(records: Records, identity: str) -> None:
    put(records, "audit", {identity: {"created": 1}})

    assert records.get("audit", identity) == {"created": 1}
    assert [found.identity for found in records.find(Query("audit"))] == [identity]


def test_a_found_document_is_the_callers_own(records: Records) -> None:
    put(records, "cases", {"c1": {"words": ["a"]}})

    (records.get("cases", "c1") or {})["words"].append("b")

    assert records.get("cases", "c1") == {"words": ["a"]}


def test_get_all_gives_those_that_are_there(records: Records) -> None:
    put(records, "cases", {f"c{number}": {"number": number} for number in range(5)})

    found = records.get_all("cases", ["c3", "c9", "c1", "c3"])

    assert found == {"c1": {"number": 1}, "c3": {"number": 3}}
    assert records.get_all("cases", []) == {}


def test_get_all_takes_a_thousand(records: Records) -> None:
    names = [f"c{number}" for number in range(1000)]
    put(records, "cases", {name: {} for name in names[:400]})

    assert sorted(records.get_all("cases", names)) == sorted(names[:400])


@pytest.mark.parametrize("kind", ["faces", "", "Cases", "cases'; --", "a.b", "__x__"])
def test_other_kinds_are_refused(records: Records, kind: str) -> None:
    with pytest.raises(ValueError):
        records.get(kind, "c1")
    with pytest.raises(ValueError):
        put(records, kind, {"c1": {}})
    with pytest.raises(ValueError):
        records.find(Query(kind))
    with pytest.raises(ValueError):
        records.count(kind, {})


def test_other_fields_are_refused(records: Records) -> None:
    with pytest.raises(ValueError):
        records.find(Query("cases", {"a') OR 1 --": 1}))
    with pytest.raises(ValueError):
        records.find(Query("cases", order="a') --"))


def test_documents_are_no_faces(records: Records) -> None:
    put(records, "photos", {"p1": {"subject": "c1", "gallery": "g"}})

    assert records.faces("c1") == []
    assert records.count_faces(FaceFilter("g")) == 0
