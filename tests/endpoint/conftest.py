"""A function of the tests' own behind the shared endpoint."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Request, request
from flask.testing import FlaskClient

from aifr.endpoint.function import endpoint
from aifr.settings import settings

ClientOf = Callable[..., FlaskClient]


@pytest.fixture
def client_of() -> ClientOf:
    """Makes a test client of an answering function named as it is called."""

    def make(
        answer: Callable[[Request], dict[str, Any]], warm: Callable[[], str] = lambda: "v1"
    ) -> FlaskClient:
        function = endpoint(warm=warm)(answer)
        app = Flask("test")
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        for rule in ("/", "/<path:rest>"):
            app.add_url_rule(
                rule,
                rule,
                lambda rest="": function(request),
                methods=methods,
                provide_automatic_options=False,
            )
        return app.test_client()

    return make


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets variables of the environment, and has the settings read again."""

    def set_variables(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield set_variables
    monkeypatch.undo()
    settings.cache_clear()
