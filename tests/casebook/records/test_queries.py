"""What aifr.casebook.records.contract promises of queries, in both homes."""

from dataclasses import replace

import pytest

from aifr.casebook.records.contract import Document, Query, Records
from tests.casebook.records.made import put

CASES: dict[str, Document] = {
    "a": {"created": "2026-01-02", "state": "draft", "words": ["ana", "iasi"], "done": False},
    "b": {"created": "2026-01-01", "state": "draft", "words": ["dan"], "done": True},
    "c": {"created": "2026-01-03", "state": "verified", "words": ["ana"], "done": False},
    "d": {"created": "2026-01-03", "state": "draft", "words": [], "done": False},
    "e": {"state": "draft", "words": ["ana"], "done": False},
    "f": {"created": "2026-01-03", "state": "draft", "words": ["anabel"], "done": 0, "age": 1},
}


def ids(records: Records, query: Query) -> str:
    return "".join(found.identity for found in records.find(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("cases"), "bacdf"),
        (Query("cases", descending=True), "fdcab"),
        (Query("cases", {"state": "draft"}), "badf"),
        (Query("cases", {"state": "draft"}, descending=True), "fdab"),
        (Query("cases", {"state": "closed"}), ""),
        (Query("cases", {"nothing": "draft"}), ""),
        (Query("cases", {"state": "draft", "done": False}), "ad"),
        (Query("cases", {"done": True}), "b"),
        (Query("cases", {"done": 0}), "f"),
        (Query("cases", {"age": 1}), "f"),
        (Query("cases", {"age": 1.0}), "f"),
        (Query("cases", {"age": "1"}), ""),
        (Query("cases", {"age": True}), ""),
        (Query("cases", word="ana"), "ac"),
        (Query("cases", {"state": "draft"}, word="ana"), "a"),
        (Query("cases", {"state": "draft"}, word="ana", descending=True), "a"),
        (Query("cases", word="an"), ""),
        (Query("cases", below="2026-01-03"), "ba"),
        (Query("cases", below="2026-01-03", descending=True), "ab"),
        (Query("cases", below=5), ""),
        (Query("cases", {"state": "draft"}, below="2026-01-02"), "b"),
        (Query("cases", limit=2), "ba"),
        (Query("cases", descending=True, limit=2), "fd"),
        (Query("cases", order="age"), "f"),
        (Query("cases", order="nothing"), ""),
        (Query("cases", after=("2026-01-02", "a")), "cdf"),
        (Query("cases", after=("2026-01-03", "c")), "df"),
        (Query("cases", after=("2026-01-03", "c"), descending=True), "ab"),
        (Query("cases", after=("2026-01-03", "cc")), "df"),
        (Query("cases", after=("2026-01-01", "b"), below="2026-01-03"), "a"),
        (Query("photos"), ""),
    ],
)
def test_query(records: Records, query: Query, expected: str) -> None:
    put(records, "cases", CASES)

    assert ids(records, query) == expected
    assert records.transact(lambda transaction: transaction.find(query)) == records.find(query)


def test_what_is_found_is_the_document(records: Records) -> None:
    put(records, "cases", CASES)

    assert records.find(Query("cases", {"state": "verified"}))[0].document == CASES["c"]


@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_one_another_over_ties(records: Records, descending: bool) -> None:
    # Thirds and sevenths are no decimal fractions: each must still equal itself.
    ratios = [1 / 3, 1 / 7, 1e-7 / 3, 2 / 7 * 1e9, 0.1 + 0.2]
    documents = {f"m{number:02d}": {"ratio": ratios[number % 5]} for number in range(30)}
    put(records, "matches", documents)
    query = Query("matches", order="ratio", descending=descending, limit=4)

    pages = [records.find(query)]
    while pages[-1] and len(pages) < 20:
        last = pages[-1][-1]
        pages.append(records.find(replace(query, after=(last.document["ratio"], last.identity))))

    seen = [found.identity for page in pages for found in page]
    expected = sorted(documents, key=lambda name: (documents[name]["ratio"], name))
    assert seen == (expected[::-1] if descending else expected)


@pytest.mark.parametrize(("descending", "expected"), [(False, "cab"), (True, "bac")])
def test_null_comes_before_every_value(records: Records, descending: bool, expected: str) -> None:
    put(records, "cases", {"a": {"x": -5}, "b": {"x": 5}, "c": {"x": None}, "d": {}})
    query = Query("cases", order="x", descending=descending)

    assert ids(records, query) == expected
    assert ids(records, replace(query, after=(-5, "a"))) == ("c" if descending else "b")
    assert ids(records, replace(query, below=5)) == "a"


def test_text_is_ordered_by_its_bytes(records: Records) -> None:
    texts = ["Z", "a", "z", "ä", "ț", "日", "😀", "", " ", "aa", "a\u0301"]
    put(records, "cases", {f"c{at}": {"name": text} for at, text in enumerate(texts)})

    found = [each.document["name"] for each in records.find(Query("cases", order="name"))]

    assert found == sorted(texts, key=lambda text: text.encode())


def test_numbers_whole_and_not_are_one_order(records: Records) -> None:
    numbers = [3, 2.5, -1, 2, 1e300, 2.0000000000000004, -0.5]
    put(records, "cases", {f"c{at}": {"x": number} for at, number in enumerate(numbers)})

    found = [each.document["x"] for each in records.find(Query("cases", order="x"))]

    assert found == sorted(numbers)


@pytest.mark.parametrize(
    ("equal", "expected"),
    [
        ({}, 6),
        ({"state": "draft"}, 5),
        ({"state": "draft", "done": False}, 3),
        ({"done": 0}, 1),
        ({"state": "closed"}, 0),
    ],
)
def test_count(records: Records, equal: dict, expected: int) -> None:
    put(records, "cases", CASES)

    assert records.count("cases", equal) == expected
    assert records.count("photos", equal) == 0
