"""Every function, the documentation and the site on one port: `python -m infra.local_server`.

The functions are the ones that are deployed, mounted as they are; what they keep lies in data/.
"""

import argparse
import os
from pathlib import Path
from typing import Any

import functions_framework
import gunicorn.app.base
from flask import Flask

from aifr.casebook.home import home
from aifr.casebook.records.open import open_records
from aifr.casebook.upgrade import upgrade
from aifr.settings import settings
from infra.catalogue import HTTP_TARGETS, ROOT, TARGETS
from infra.local_events import start_events
from infra.local_keys import kept_keys, local_keys
from infra.local_worker import ImpatientWorker
from infra.site import create_site

DATA = Path("data")


def create_app() -> Flask:
    """The site, with each function below the name of its target, as it is called when deployed."""
    app = create_site()
    functions = {target: _function(name, "http") for name, target in HTTP_TARGETS.items()}
    site = app.wsgi_app

    def dispatch(environ: dict[str, Any], start_response: Any) -> Any:
        first = environ["PATH_INFO"].lstrip("/").partition("/")[0]
        return functions.get(first, site)(environ, start_response)

    app.wsgi_app = dispatch  # type: ignore[method-assign]
    return app


def _function(name: str, kind: str) -> Any:
    source = ROOT / "functions" / name / "main.py"
    return functions_framework.create_app(TARGETS[name], str(source), kind)


class LocalServer(gunicorn.app.base.BaseApplication):  # type: ignore[misc]
    """gunicorn with one worker, which holds the model once, and four threads."""

    def __init__(self, host: str, port: int) -> None:
        self.address = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self.address,
            "workers": 1,
            "threads": 4,
            "worker_class": ImpatientWorker,
            "control_socket_disable": True,
        }
        for key, value in options.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        # In the worker: threads do not survive the fork that makes it.
        start_events(_function("ingest", "cloudevent"), home())
        return create_app()


def print_keys() -> None:
    """Tells the keys of the local staff that this start made, and where all of them lie."""
    address = settings().records
    records = open_records(address)
    beside = Path(address.removeprefix("sqlite:")).parent if address.startswith("sqlite:") else DATA
    file = beside / "keys.txt"
    before = kept_keys(file)
    for name, key in local_keys(records, file).items():
        if before.get(name) != key:
            print(f"{name}: {key}", flush=True)
    print(f"Keys of the local staff: {file}", flush=True)
    records.close()


def bring_up_to_date() -> None:
    """Cases that an older version left, once."""
    records = open_records(settings().records)
    upgrade(records)
    records.close()


def main() -> None:
    """Serves until interrupted."""
    parser = argparse.ArgumentParser(description="Every function, the docs and the site locally.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    arguments = parser.parse_args()
    # What is kept is for this user alone.
    os.umask(0o077)
    # There is no OpenID Connect provider here.
    os.environ.setdefault("AIFR_STAFF_KEYS", "true")
    print_keys()
    bring_up_to_date()
    print(f"Serving on http://{arguments.host}:{arguments.port}, the API at /docs", flush=True)
    LocalServer(arguments.host, arguments.port).run()


if __name__ == "__main__":
    main()
