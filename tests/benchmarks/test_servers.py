from pathlib import Path

import pytest

from benchmarks.gallery import make_gallery
from benchmarks.search import processes, searches
from benchmarks.searchers import OURS
from benchmarks.servers import Measured, measure

SIZE, PROBES = 2_000, 5
FAISS = "faiss IndexFlatIP"


def test_our_search_finds_all_and_is_measured(tmp_path: Path) -> None:
    gallery = make_gallery(tmp_path, SIZE, PROBES, seed=0)

    results = measure([OURS], tmp_path, "CPU", patience=60)
    measured = results[OURS]

    assert isinstance(measured, Measured)
    assert measured.memory > gallery.embeddings.nbytes
    assert [len(times) for times in measured.times.values()] == [PROBES, PROBES]
    assert [row[1] for row in searches(results, gallery)] == ["all", "half, by sex"]
    assert [row[-2:] for row in searches(results, gallery)] == [("1.00", "1.000")] * 2


def test_what_took_too_long_says_so_in_its_row(tmp_path: Path) -> None:
    gallery = make_gallery(tmp_path, SIZE, PROBES, seed=0)

    results = measure([OURS], tmp_path, "CPU", patience=0)

    assert list(processes(results, gallery)) == [
        (OURS, "TimeoutError: only 0 of 2,000 faces after 0 s")
    ]


def test_a_library_that_is_missing_says_so_in_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "faiss.py").write_text("raise ImportError('no faiss here')")
    monkeypatch.syspath_prepend(tmp_path / "broken")
    make_gallery(tmp_path, SIZE, PROBES, seed=0)

    results = measure([OURS, FAISS], tmp_path, "CPU", patience=60)

    assert isinstance(results[OURS], Measured)
    assert results[FAISS] == "ImportError: no faiss here"
