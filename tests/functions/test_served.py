"""images_similarity in a process of its own: what only real HTTP shows."""

import contextlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from tests.photos import face_photo, file
from tests.served import Served, multipart

MEBI = 1024 * 1024
TOO_LARGE = 31 * MEBI


def memory(process: int, what: str) -> int:
    """A figure of /proc/PID/status, in bytes: VmRSS is now, VmHWM the peak."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(rf"^{what}:\s+(\d+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def forget_peak(process: int) -> None:
    """Sets the peak to what is in use now."""
    Path(f"/proc/{process}/clear_refs").write_text("5")


def in_chunks(body: bytes, size: int = MEBI) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def test_two_photos_become_one_similarity(served_similarity: Served) -> None:
    answered = served_similarity.post({"image1": file(face_photo()), "image2": file(face_photo())})

    assert answered.status == 200
    assert answered.headers["Content-Type"] == "application/json"
    assert answered.json["similarity"] > 0.99


def test_a_body_that_names_a_length_above_the_limit_is_refused_in_little_memory(
    served_similarity: Served,
) -> None:
    body, content_type = multipart({"image1": file(b"x" * TOO_LARGE)})
    before = memory(served_similarity.worker, "VmRSS")
    forget_peak(served_similarity.worker)

    answered = served_similarity.ask("POST", "/", body, {"Content-Type": content_type})

    assert (answered.status, answered.json["error"]["code"]) == (413, "body_too_large")
    assert memory(served_similarity.worker, "VmHWM") - before < 100 * MEBI


def test_a_chunked_body_above_the_limit_is_refused_in_little_memory(
    served_similarity: Served,
) -> None:
    body, content_type = multipart({"image1": file(b"x" * TOO_LARGE)})
    before = memory(served_similarity.worker, "VmRSS")
    forget_peak(served_similarity.worker)

    answered = served_similarity.ask("POST", "/", in_chunks(body), {"Content-Type": content_type})

    assert (answered.status, answered.json["error"]["code"]) == (413, "body_too_large")
    assert memory(served_similarity.worker, "VmHWM") - before < 100 * MEBI


def test_a_chunked_body_of_another_type_is_not_kept_in_memory(served_similarity: Served) -> None:
    before = memory(served_similarity.worker, "VmRSS")
    forget_peak(served_similarity.worker)

    answered = served_similarity.ask(
        "POST", "/", in_chunks(b"x" * TOO_LARGE), {"Content-Type": "image/jpeg"}
    )

    assert (answered.status, answered.json["error"]["code"]) == (415, "unsupported_type")
    assert memory(served_similarity.worker, "VmHWM") - before < 20 * MEBI


def test_a_body_far_above_the_limit_is_cut_off_in_little_memory(served_similarity: Served) -> None:
    endless = itertools.repeat(b"x" * MEBI, 160)
    before = memory(served_similarity.worker, "VmRSS")
    forget_peak(served_similarity.worker)

    # The server hangs up before all is sent; whether the answer still arrives is up to the network.
    with contextlib.suppress(OSError):
        served_similarity.ask("POST", "/", endless, {"Content-Type": "image/jpeg"})

    assert memory(served_similarity.worker, "VmHWM") - before < 20 * MEBI
    assert served_similarity.ask("GET", "/health").status == 200


def test_a_chunked_body_within_the_limit_is_answered(served_similarity: Served) -> None:
    body, content_type = multipart({"image1": file(face_photo()), "image2": file(face_photo())})

    answered = served_similarity.ask(
        "POST", "/", in_chunks(body, 1000), {"Content-Type": content_type}
    )

    assert answered.status == 200


def test_a_chunk_that_breaks_the_rules_is_the_callers_fault(served_similarity: Served) -> None:
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Transfer-Encoding": "chunked",
    }

    answered = served_similarity.ask("POST", "/", b"zz\r\nno chunk\r\n", headers)

    assert (answered.status, answered.json["error"]["code"]) == (400, "body_malformed")


def test_another_method_is_refused_whatever_its_body(served_similarity: Served) -> None:
    answered = served_similarity.ask("PUT", "/", b"x" * MEBI, {"Content-Type": "text/plain"})

    assert (answered.status, answered.headers["Allow"]) == (405, "POST, OPTIONS")


def test_a_preflight_is_empty(served_similarity: Served) -> None:
    assert served_similarity.ask("OPTIONS").status == 204


def test_warming_up_names_the_model(served_similarity: Served) -> None:
    answered = served_similarity.ask("GET", "/health?warm=true")

    assert answered.json["status"] == "ok" and answered.json["model"]
