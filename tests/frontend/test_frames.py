"""Pages at an address that sends no headers: what they carry themselves still holds."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from tests.served import ROOT

PAGES = ("index", "report", "review", "follow")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def bare_site() -> Iterator[str]:
    """The address of a server of files that adds no header."""
    handler = partial(Quiet, directory=str(ROOT / "frontend"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_nothing_inside_anothers_frame(
    browser: Browser, bare_site: str, name: str
) -> None:
    page = browser.new_page()
    with page.expect_event("pageerror") as failed:
        page.set_content(f'<iframe src="{bare_site}/{name}.html"></iframe>')

    assert "not shown in a frame" in str(failed.value)
    frame = page.frames[1]
    assert frame.evaluate("document.documentElement.childElementCount") == 0
    page.close()


def test_a_page_alone_shows_itself(browser: Browser, bare_site: str) -> None:
    page = browser.new_page(locale="en-GB")

    page.goto(f"{bare_site}/privacy.html")

    expect(page.locator("h1")).to_be_visible()
    page.close()


def test_a_page_runs_no_script_of_anybody_elses(browser: Browser, bare_site: str) -> None:
    page = browser.new_page()
    page.goto(f"{bare_site}/privacy.html")

    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.ran = true'}))"
    )

    assert page.evaluate("window.ran") is None
    page.close()
