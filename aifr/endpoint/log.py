"""One line of JSON a request, as Cloud Logging reads it from the standard output.

It never holds a photo, a file name or an embedding: nothing of a body or a query is logged.
"""

import json
import sys
import traceback
from typing import Any

from flask import Request

from aifr.endpoint.request_id import trace_id
from aifr.errors import AifrError
from aifr.settings import Settings


def log_request(
    request: Request,
    status: int,
    request_id: str,
    stages: dict[str, float],
    problem: Exception | None,
    settings: Settings,
) -> None:
    """Writes the line. stages: name -> milliseconds, "total" among them. problem: what was raised;
    its traceback is logged if nobody foresaw it.
    """
    entry: dict[str, Any] = {
        "severity": "ERROR" if status >= 500 else "INFO",
        "message": f"{request.method} {request.root_path}{request.path} {status}",
        "request_id": request_id,
        "method": request.method,
        "path": request.root_path + request.path,
        "status": status,
        "milliseconds": {name: round(value, 1) for name, value in stages.items()},
    }
    if isinstance(problem, AifrError):
        entry["code"] = problem.code
    elif problem:
        entry["stack_trace"] = "".join(traceback.format_exception(problem))
    trace = trace_id(request)
    if trace and settings.google_cloud_project:
        project = settings.google_cloud_project
        entry["logging.googleapis.com/trace"] = f"projects/{project}/traces/{trace}"
    _write(entry)


def log_event(severity: str, message: str, problem: Exception | None = None, **said: Any) -> None:
    """Writes a line about something that is no request. said: never a photo or an embedding."""
    entry: dict[str, Any] = {"severity": severity, "message": message, **said}
    if isinstance(problem, AifrError):
        entry["code"] = problem.code
    elif problem:
        entry["stack_trace"] = "".join(traceback.format_exception(problem))
    _write(entry)


def _write(entry: dict[str, Any]) -> None:
    # In one call, so that lines of parallel requests do not mix.
    sys.stdout.write(json.dumps(entry) + "\n")
    sys.stdout.flush()
