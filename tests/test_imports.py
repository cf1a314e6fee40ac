"""Who may import whom (see the first lines of each package)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import ROOT

# package -> what nothing in it may import.
FORBIDDEN = {
    "aifr/recognition": {
        "aifr.casebook",
        "aifr.endpoint",
        "aifr.desk",
        "training",
        "facenet_pytorch",
    },
    "aifr/casebook": {"aifr.endpoint", "aifr.desk", "flask", "training"},
    "aifr/endpoint": {"aifr.casebook", "aifr.recognition", "aifr.desk", "torch", "training"},
    "aifr": {"training", "facenet_pytorch", "torchvision", "functions", "infra"},
    "functions": {"training", "functions", "infra", "torch", "facenet_pytorch"},
    "training": {"aifr.endpoint", "aifr.casebook", "functions"},
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_file_imports_what_its_package_may_not(package: str) -> None:
    broken = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / package).rglob("*.py")
        for module in imports(path)
        for forbidden in FORBIDDEN[package]
        if within(module, forbidden)
    ]

    assert broken == []


def test_torch_is_imported_in_one_module_of_the_package() -> None:
    importers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "aifr").rglob("*.py")
        if any(within(module, "torch") for module in imports(path))
    }

    assert importers == {"aifr/recognition/model.py"}


def test_facenet_pytorch_is_imported_in_one_module() -> None:
    importers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "training").rglob("*.py")
        if any(within(module, "facenet_pytorch") for module in imports(path))
    }

    assert importers == {"training/networks/inception.py"}
