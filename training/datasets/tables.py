"""Label tables that data sets publish as MATLAB files."""

from pathlib import Path
from typing import Any

from training.datasets.photographs import Description, MissingDataset


def read_table(place: Path, description: Description) -> dict[str, Any]:
    """The variables of a MATLAB file; raises MissingDataset where there is none."""
    # Imported here because SciPy is needed for these tables alone.
    from scipy.io import loadmat

    if not place.is_file():
        raise MissingDataset(place, description)
    return loadmat(place)
