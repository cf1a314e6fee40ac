"""The local server: every function, the documentation and the site on one port."""

import re
import socket
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from infra.catalogue import HTTP_TARGETS, ROOT
from infra.figures import public_figures
from infra.site import write_site
from tests.photos import face_photo, file
from tests.served import Served, content

FRONTEND = sorted(path for path in (ROOT / "frontend").rglob("*") if path.is_file())
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
# The name of a vocabulary, which nobody asks for.
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html"),
        ("/docs", "text/html"),
        ("/docs/", "text/html"),
        ("/docs/start.js", "text/javascript"),
        ("/docs/swagger-ui-bundle.js", "text/javascript"),
        ("/docs/swagger-ui.css", "text/css"),
        ("/openapi.yaml", "application/yaml"),
        ("/model.json", "application/json"),
        *((f"/{path.relative_to(ROOT / 'frontend')}", TYPES[path.suffix]) for path in FRONTEND),
    ],
)
def test_the_site_serves(site: FlaskClient, path: str, content_type: str) -> None:
    response = site.get(path)

    assert (response.status_code, response.mimetype) == (200, content_type)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_the_content_policy_lets_in_nothing_but_the_site_itself(site: FlaskClient) -> None:
    policy = site.get("/").headers["Content-Security-Policy"]

    sources = {name: places for name, *places in (part.split() for part in policy.split("; "))}
    assert sources.pop("img-src") == ["'self'", "blob:", "data:"]
    assert sources.pop("default-src") == ["'none'"]
    for name in ("script-src", "style-src", "connect-src", "form-action"):
        assert sources.pop(name) == ["'self'"], name
    assert sources == {"base-uri": ["'none'"], "frame-ancestors": ["'none'"]}


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/docs/../stage.py",
        "/docs/nothing",
        "/../README.md",
        "/docs/" + "x" * 3000,
        "/" + "x" * 3000,
        "/docs/%00",
        "/%00",
    ],
    ids=lambda path: path[:20],
)
def test_the_site_serves_nothing_else(site: FlaskClient, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.parametrize("target", HTTP_TARGETS.values())
def test_every_function_is_mounted_below_its_name(site: FlaskClient, target: str) -> None:
    health = site.get(f"/{target}/health")

    assert (health.status_code, content(health)) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "path", [*FRONTEND, *sorted((ROOT / "infra" / "docs").iterdir())], ids=lambda path: path.name
)
def test_no_page_asks_another_site_for_anything(path: Path) -> None:
    words = re.sub(r"^\s*//.*", "", path.read_text(), flags=re.MULTILINE).replace(NAMESPACE, "")

    assert not re.search(r"(?:https?:)?//\w", words)


@pytest.mark.parametrize("path", sorted((ROOT / "frontend").glob("*.html")), ids=lambda p: p.name)
def test_no_page_holds_a_script_or_style_of_its_own(path: Path) -> None:
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", path.read_text())


def test_the_model_is_told_with_its_measured_figures() -> None:
    figures = public_figures()

    assert figures["single_mate"][0]["gap"] == 0
    assert 0 < figures["single_mate"][0]["rank1"]["value"] < 1
    assert set(figures["calibration"]) >= {"gaps", "younger_ages", "offsets", "slopes", "bounds"}
    assert "embedder.pt" not in str(figures)


def test_the_site_is_written_for_a_static_host(site: FlaskClient, tmp_path: Path) -> None:
    out = tmp_path / "site"

    write_site(out)

    for path in ("index.html", "pages/home.js", "docs/index.html", "docs/swagger-ui.css"):
        assert (out / path).read_bytes() == site.get(f"/{path}").data, path
    assert (out / "openapi.yaml").read_bytes() == site.get("/openapi.yaml").data
    write_site(out)


def test_a_folder_that_is_no_site_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(FileExistsError):
        write_site(tmp_path)

    assert (tmp_path / "thesis.txt").exists()


def test_it_runs_as_a_command_and_compares_photos(local_server: Served) -> None:
    photos = {"image1": file(face_photo()), "image2": file(face_photo())}

    answered = local_server.post(photos, "/images_similarity")

    assert answered.status == 200
    assert answered.json["similarity"] > 0.99


def test_who_sends_nothing_more_holds_no_thread_for_long(local_server: Served) -> None:
    head = "POST /cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    idle = [socket.create_connection(("127.0.0.1", local_server.port)) for _ in range(8)]
    for number, connection in enumerate(idle):
        # Half of them stop within the body, half within the head.
        body = "Content-Length: 100\r\n\r\n{" if number % 2 else ""
        connection.sendall((head + body).encode())
    time.sleep(0.5)

    health = local_server.ask("GET", "/cases/health", timeout=40)

    assert health.status == 200
    for connection in idle:
        connection.close()
