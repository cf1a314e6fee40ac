"""Trains a row of the ladder on prepared data sets:

    python -m training.train training/configs/ladder/transfer-dal.toml runs/transfer-dal \
        --data cache/small

Resumes from the run's checkpoint. On several GPUs:

    torchrun --nproc-per-node 4 -m training.train ...
"""

import argparse
import json
from pathlib import Path

import torch

from training.engine import parallel
from training.engine.lessons import read_lessons
from training.engine.loop import train
from training.engine.settings import read_settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configuration", type=Path)
    parser.add_argument("run", type=Path, help="folder of the run; resumed where it exists")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="prepared data sets")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    settings = read_settings(arguments.configuration)
    lessons = read_lessons(arguments.data, settings.fewest_photos, settings.pseudo_labels)
    device = parallel.join_group(torch.device(arguments.device))
    found = train(settings, lessons, arguments.run, device)
    if parallel.rank() == 0:
        print(json.dumps(found, indent=1))
    parallel.leave_group()


if __name__ == "__main__":
    main()
