from pathlib import Path

import numpy as np
import pytest

from benchmarks.gallery import Gallery, exact, is_female, make_gallery, person_of, recall

SIZE, PROBES = 4_500, 20


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> Gallery:
    return make_gallery(tmp_path_factory.mktemp("gallery"), SIZE, PROBES, seed=1)


def test_a_seed_makes_one_gallery(gallery: Gallery, tmp_path: Path) -> None:
    again = make_gallery(tmp_path, SIZE, PROBES, seed=1)

    assert np.array_equal(again.embeddings, gallery.embeddings)
    assert np.array_equal(again.probes, gallery.probes)


def test_embeddings_are_of_unit_length_and_fill_the_dimensions_said(gallery: Gallery) -> None:
    variances = np.var(gallery.embeddings, axis=0)

    assert np.allclose(np.linalg.norm(gallery.embeddings, axis=1), 1, atol=1e-6)
    assert np.allclose(np.linalg.norm(gallery.probes, axis=1), 1, atol=1e-6)
    assert 40 < variances.sum() ** 2 / (variances**2).sum() < 56


def test_a_probe_shows_one_person_of_the_gallery(gallery: Gallery) -> None:
    similarities = gallery.probes @ gallery.embeddings.T
    people = person_of(np.arange(SIZE))
    nearest = people[similarities.argmax(axis=1)]
    own = similarities[people == nearest[:, None]]

    assert len(set(nearest)) == PROBES
    assert 0.5 < own.mean() < 0.7


@pytest.mark.parametrize("female_only", [False, True])
def test_exact_is_what_sorting_all_finds(gallery: Gallery, female_only: bool) -> None:
    similarities = gallery.probes.astype(float) @ gallery.embeddings.astype(float).T
    if female_only:
        similarities[:, ~is_female(np.arange(SIZE))] = -2

    expected = np.argsort(-similarities, axis=1)[:, :10]

    assert np.array_equal(exact(gallery, female_only), expected)


def test_recall_counts_what_was_found_in_any_order() -> None:
    assert recall([[2, 1], [3, 9]], np.array([[1, 2], [3, 4]])) == 0.75
