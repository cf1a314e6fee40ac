"""The static site and the documentation of the API, as a WSGI application and as a folder.

`python -m infra.site OUT` writes what any static host can serve at the root of its address.
"""

import argparse
import json
import os
import shutil
from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, send_file, send_from_directory

from infra.catalogue import ROOT
from infra.figures import public_figures

FRONTEND = ROOT / "frontend"
OPENAPI = ROOT / "openapi.yaml"
DOCS = Path(__file__).parent / "docs"
SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
CONTENT_POLICY = (Path(__file__).parent / "content_policy.txt").read_text().strip()
# What every answer of the site carries besides, here and at the front door of a deployment.
HEADERS = dict(
    line.split(": ", 1)
    for line in (Path(__file__).parent / "site_headers.txt").read_text().splitlines()
)


def create_site() -> Flask:
    """/ and below: frontend/; /docs: Swagger UI from its package; /openapi.yaml, /model.json."""
    app = Flask(__name__, static_folder=FRONTEND, static_url_path="")
    app.add_url_rule("/", view_func=lambda: app.send_static_file("index.html"), endpoint="page")
    app.add_url_rule("/openapi.yaml", view_func=_openapi)
    app.add_url_rule("/model.json", view_func=public_figures)
    app.add_url_rule("/docs", view_func=_docs)
    app.add_url_rule("/docs/", view_func=_docs)
    app.add_url_rule("/docs/<path:name>", view_func=_docs_file)
    app.after_request(_protect)
    return app


def write_site(out: Path) -> None:
    """Makes `out` anew with all that `create_site` serves; raises FileExistsError where it holds
    anything but a site.
    """
    if out.exists() and not (out / "model.json").exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not a written site.")
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(FRONTEND, out)
    shutil.copytree(SWAGGER_UI, out / "docs")
    shutil.copytree(DOCS, out / "docs", dirs_exist_ok=True)
    shutil.copyfile(OPENAPI, out / OPENAPI.name)
    (out / "model.json").write_text(json.dumps(public_figures()))


def _openapi() -> Response:
    return send_file(OPENAPI, mimetype="application/yaml")


def _docs() -> Response:
    return send_from_directory(DOCS, "index.html")


def _docs_file(name: str) -> Response:
    # Path.is_file raises where a name is too long to be one.
    return send_from_directory(DOCS if os.path.isfile(DOCS / name) else SWAGGER_UI, name)


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.headers.update(HEADERS)
    return response


def main() -> None:
    """Writes the site to the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Writes the static site to a folder.")
    parser.add_argument("out", type=Path)
    write_site(parser.parse_args().out)


if __name__ == "__main__":
    main()
