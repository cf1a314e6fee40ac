"""The local server: every function, the documentation and the site on one port."""

import re

import pytest
from flask.testing import FlaskClient

from aifr.recognition.quality import MEASURES
from infra.catalogue import HTTP_TARGETS
from tests.photos import face_photo, file
from tests.served import ROOT, Served, content

SCRIPT = (ROOT / "frontend" / "compare.js").read_text()


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html"),
        ("/compare.js", "text/javascript"),
        ("/style.css", "text/css"),
        ("/icon.svg", "image/svg+xml"),
        ("/docs", "text/html"),
        ("/docs/start.js", "text/javascript"),
        ("/docs/swagger-ui-bundle.js", "text/javascript"),
        ("/docs/swagger-ui.css", "text/css"),
        ("/openapi.yaml", "application/yaml"),
    ],
)
def test_the_site_serves(site: FlaskClient, path: str, content_type: str) -> None:
    response = site.get(path)

    assert (response.status_code, response.mimetype) == (200, content_type)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["/nothing", "/docs/../stage.py", "/docs/nothing", "/../README.md"]
)
def test_the_site_serves_nothing_else(site: FlaskClient, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.parametrize("target", HTTP_TARGETS.values())
def test_every_function_is_mounted_below_its_name(site: FlaskClient, target: str) -> None:
    health = site.get(f"/{target}/health")
    empty = site.post(f"/{target}", data={"other": "x"}, content_type="multipart/form-data")

    assert (health.status_code, content(health)) == (200, {"status": "ok"})
    assert (empty.status_code, content(empty)["error"]["code"]) == (400, "field_missing")


@pytest.mark.parametrize(
    "path",
    [
        "frontend/index.html",
        "frontend/compare.js",
        "frontend/style.css",
        "infra/docs/index.html",
        "infra/docs/start.js",
    ],
)
def test_no_page_asks_another_site_for_anything(path: str) -> None:
    assert not re.search(
        r"(?:https?:)?//\w", re.sub(r"^\s*//.*", "", (ROOT / path).read_text(), flags=re.M)
    )


def test_the_page_has_words_for_every_quality_reason() -> None:
    reasons = re.search(r"const REASONS = {(.*?)};", SCRIPT, re.DOTALL)

    assert reasons
    assert set(re.findall(r"^  (\w+):", reasons[1], re.MULTILINE)) == {m.name for m in MEASURES}


def test_it_runs_as_a_command_and_compares_photos(local_server: Served) -> None:
    photos = {"image1": file(face_photo()), "image2": file(face_photo())}

    answered = local_server.post(photos, "/images_similarity")

    assert answered.status == 200
    assert answered.json["similarity"] > 0.99
