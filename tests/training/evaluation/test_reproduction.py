"""The published figures of a teacher on FG-NET's development half come out again."""

from pathlib import Path

import pytest

from training.evaluation.bootstrap import draws
from training.evaluation.embedded import embed_dataset
from training.evaluation.pair_table import pairs_of
from training.evaluation.ranking import leave_one_out, single_mate
from training.evaluation.subject import load_subject
from training.evaluation.verification import verification


@pytest.mark.slow
def test_the_teacher_measures_what_was_published_of_it(
    shared_data: Path, detector: Path, tmp_path: Path
) -> None:
    teacher = load_subject(shared_data / "teachers" / "mobilefacenet_ms1m.pt", detector)
    data = shared_data / "fgnet_dev.zip"

    photos = embed_dataset(teacher, "fgnet", data, "landmarks", tmp_path)

    pairs, drawn = pairs_of(photos), draws(photos.identity_count, 0)
    mates = {cut.gap: cut.rank1.value for cut in single_mate(photos, drawn)}
    far = verification(pairs.where(pairs.gap >= 15), photos, drawn)
    assert leave_one_out(photos, drawn).rank1.value == pytest.approx(0.914, abs=0.005)
    assert mates[15] == pytest.approx(0.449, abs=0.005)
    assert far.auc.value == pytest.approx(0.938, abs=0.005)
