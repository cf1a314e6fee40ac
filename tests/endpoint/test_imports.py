"""The shared endpoint stands apart: no recogniser, no casebook, no torch."""

import subprocess
import sys
from pathlib import Path

import aifr.endpoint

MODULES = sorted(path.stem for path in Path(aifr.endpoint.__file__).parent.glob("[a-z]*.py"))
FORBIDDEN = ("torch", "aifr.recognition", "aifr.casebook")


def test_importing_every_module_brings_in_nothing_forbidden() -> None:
    imports = "; ".join(f"import aifr.endpoint.{module}" for module in MODULES)
    script = f"import sys; {imports}; print([m for m in {FORBIDDEN} if m in sys.modules])"
    root = Path(aifr.endpoint.__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )

    assert len(MODULES) >= 10
    assert done.stdout.strip() == "[]"
