"""training.ages"""

import numpy as np

from training.ages import age_groups


def test_age_groups_have_the_edges_of_the_thesis() -> None:
    groups = age_groups(np.array([-1, 0, 25, 26, 55, 56, 116]))

    assert groups.tolist() == [-1, 0, 0, 1, 1, 2, 2]
