"""The static site and the documentation of the API, as a WSGI application."""

from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, send_file, send_from_directory

from infra.catalogue import ROOT

DOCS = Path(__file__).parent / "docs"
SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_site() -> Flask:
    """/ and below: frontend/; /docs: Swagger UI from its package; /openapi.yaml."""
    app = Flask(__name__, static_folder=ROOT / "frontend", static_url_path="")
    app.add_url_rule("/", view_func=lambda: app.send_static_file("index.html"), endpoint="page")
    app.add_url_rule("/openapi.yaml", view_func=_openapi)
    app.add_url_rule("/docs", view_func=_docs)
    app.add_url_rule("/docs/<path:name>", view_func=_docs_file)
    app.after_request(_protect)
    return app


def _openapi() -> Response:
    return send_file(ROOT / "openapi.yaml", mimetype="application/yaml")


def _docs() -> Response:
    return send_from_directory(DOCS, "index.html")


def _docs_file(name: str) -> Response:
    return send_from_directory(DOCS if (DOCS / name).is_file() else SWAGGER_UI, name)


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
