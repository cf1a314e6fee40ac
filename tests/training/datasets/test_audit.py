import subprocess
import sys
from dataclasses import replace

import numpy as np
from PIL import Image

from tests.training.made import made_set, write_prepared
from training.datasets.audit import (
    alike_by_embedding,
    alike_by_hash,
    bits_apart,
    difference_hashes,
    same_names,
)


def smooth_set(count, seed, name, side=48):
    """Pictures with structure at the scale of a face's features."""
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 12, 12, 3), np.uint8)
    crops = np.stack(
        [
            np.asarray(Image.fromarray(c).resize((side, side), Image.Resampling.BICUBIC))
            for c in coarse
        ]
    )
    made = made_set(people=1, photos_each=count, side=side, name=name)
    return replace(made, crops=crops, names=[f"{name}-{number}" for number in range(count)])


def with_crop(prepared, place, crop):
    crops = prepared.crops.copy()
    crops[place] = crop
    return replace(prepared, crops=crops)


def rescanned(crop):
    """Smaller, brighter, with less contrast."""
    image = Image.fromarray(crop)
    small = image.resize((40, 40), Image.Resampling.BICUBIC).resize(image.size)
    return (np.asarray(small) * 0.7 + 60).astype(np.uint8)


def test_bits_apart_counts_the_bits_that_differ():
    generator = np.random.default_rng(0)
    a, b = generator.random((5, 256)) > 0.5, generator.random((7, 256)) > 0.5

    expected = [[sum(x != y for x, y in zip(p, q, strict=True)) for q in b] for p in a]

    assert bits_apart(a, b).tolist() == expected


def test_strangers_are_far_apart():
    first, second = smooth_set(40, 0, "training"), smooth_set(30, 1, "evaluation")

    distances = bits_apart(difference_hashes(first.crops), difference_hashes(second.crops))

    assert distances.min() > 60
    assert alike_by_hash(first, second) == []


def test_a_rescanned_photo_is_found():
    training, evaluation = smooth_set(300, 0, "training"), smooth_set(30, 1, "evaluation")
    evaluation = with_crop(evaluation, 7, rescanned(training.crops[270]))

    found = alike_by_hash(training, evaluation)

    assert [(p.training, p.evaluation) for p in found] == [("training-270", "evaluation-7")]


def test_a_mirrored_photo_is_found():
    training, evaluation = smooth_set(40, 0, "training"), smooth_set(30, 1, "evaluation")
    evaluation = with_crop(evaluation, 7, training.crops[11][:, ::-1])

    found = alike_by_hash(training, evaluation)

    assert [(p.training, p.evaluation) for p in found] == [("training-11", "evaluation-7")]


def test_embeddings_find_what_they_hold_alike_the_most_alike_first():
    training, evaluation = smooth_set(4, 0, "training"), smooth_set(3, 1, "evaluation")
    known = np.eye(4, dtype=np.float32)
    sought = np.array([[0, 0, 0.6, 0.8], [1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]], np.float32)

    found = alike_by_embedding(training, evaluation, (known, sought), least_cosine=0.7)

    assert [(p.training, p.evaluation) for p in found] == [
        ("training-0", "evaluation-1"),
        ("training-3", "evaluation-0"),
    ]


def test_people_are_found_by_name_however_it_is_spelt_and_not_by_number():
    found = same_names(
        ["agedb/PenélopeCruz", "agedb/PaulAnka", "aaf/12"], ["lfw/Penelope_Cruz", "fgnet/12"]
    )

    assert [(p.training, p.evaluation) for p in found] == [
        ("agedb/PenélopeCruz", "lfw/Penelope_Cruz")
    ]


def test_the_command_names_what_is_shared_and_fails(tmp_path):
    first, second = smooth_set(5, 0, "training"), smooth_set(5, 1, "evaluation")
    shared = with_crop(second, 3, first.crops[2])
    folders = [
        write_prepared(prepared, tmp_path / name)
        for prepared, name in ((first, "first"), (second, "clean"), (shared, "shared"))
    ]

    command = [sys.executable, "-m", "training.datasets.audit", "--training", str(folders[0])]
    command.append("--evaluation")

    clean, found = (
        subprocess.run([*command, str(folder)], capture_output=True, text=True)
        for folder in folders[1:]
    )

    assert (clean.returncode, found.returncode) == (0, 1)
    assert "training-2 = evaluation-3" in found.stdout
