"""Every function, the documentation and the site on one port: `python -m infra.local_server`.

The functions are the ones that are deployed, mounted as they are.
"""

import argparse
from typing import Any

import functions_framework
import gunicorn.app.base
from flask import Flask

from infra.catalogue import HTTP_TARGETS, ROOT
from infra.site import create_site


def create_app() -> Flask:
    """The site, with each function below the name of its target, as it is called when deployed."""
    app = create_site()
    functions = {target: _function(name) for name, target in HTTP_TARGETS.items()}
    site = app.wsgi_app

    def dispatch(environ: dict[str, Any], start_response: Any) -> Any:
        first = environ["PATH_INFO"].lstrip("/").partition("/")[0]
        return functions.get(first, site)(environ, start_response)

    app.wsgi_app = dispatch  # type: ignore[method-assign]
    return app


def _function(name: str) -> Any:
    source = ROOT / "functions" / name / "main.py"
    return functions_framework.create_app(HTTP_TARGETS[name], str(source), "http")


class LocalServer(gunicorn.app.base.BaseApplication):  # type: ignore[misc]
    """gunicorn with one worker, which holds the model once, and four threads."""

    def __init__(self, host: str, port: int) -> None:
        self.address = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        options = {"bind": self.address, "workers": 1, "threads": 4, "control_socket_disable": True}
        for key, value in options.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        return create_app()


def main() -> None:
    """Serves until interrupted."""
    parser = argparse.ArgumentParser(description="Every function, the docs and the site locally.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    arguments = parser.parse_args()
    print(f"Serving on http://{arguments.host}:{arguments.port}, the API at /docs", flush=True)
    LocalServer(arguments.host, arguments.port).run()


if __name__ == "__main__":
    main()
