"""The site in Debian's chromium, on a local server of its own with an empty casebook."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.frontend.casebook import Casebook
from tests.frontend.guard import Guard
from tests.served import ROOT, Served, free_port, wait_until_ready

CHROMIUM = Path(os.environ.get("AIFR_CHROMIUM", "/usr/bin/chromium"))
# Without sandbox: root runs the tests. Without what would ask other hosts.
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
).split()
LOCALES = {"en": "en-GB", "ro": "ro-RO"}
# Milliseconds: the model works on the same two cores.
PATIENCE = 30_000
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 860}

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        message = f"no browser at {CHROMIUM} (AIFR_CHROMIUM)"
        if os.environ.get("AIFR_DEMAND_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def local_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casebook]:
    """`python -m infra.local_server` in a process of its own."""
    folder = tmp_path_factory.mktemp("casebook")
    port = free_port()
    places = {
        "AIFR_RECORDS": f"sqlite:{folder}/casebook.sqlite3",
        "AIFR_PHOTOS": f"file:{folder}/photos",
        "AIFR_INCOMING": f"file:{folder}/incoming",
        # Every test calls from one address.
        "AIFR_WRITES_AN_HOUR": "100000",
        "AIFR_SEARCHES_AN_HOUR": "100000",
        "AIFR_COMPARISONS_AN_HOUR": "100000",
        "AIFR_REFUSED_TOKENS_AN_HOUR": "100000",
        "AIFR_STAFF_REQUESTS_AN_HOUR": "100000",
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local_server", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **places},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        served = wait_until_ready(Served(port, process.pid), process, health="/cases/health")
        yield Casebook(served, folder / "keys.txt")
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def casebook(local_site: Casebook) -> Iterator[Casebook]:
    """The casebook of the local server, empty at first."""
    yield local_site
    local_site.erase_all()


@pytest.fixture
def open_page(browser: Browser, casebook: Casebook) -> Iterator[Open]:
    """Opens a page of the site in a new, empty browser profile; what no page may do fails the
    test: break the content policy, ask another host, raise an error.
    """
    contexts: list[BrowserContext] = []
    guard = Guard(casebook.address)

    def open_one(
        path: str,
        language: str = "en",
        scheme: str = "light",
        viewport: dict[str, int] = DESKTOP,
        shows: str = "main h1",
    ) -> Page:
        context = browser.new_context(
            base_url=casebook.address,
            locale=LOCALES[language],
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": viewport["width"], "height": viewport["height"]},
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        guard.watch(page)
        page.goto(path)
        page.wait_for_selector(shows)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert guard.broken == []
