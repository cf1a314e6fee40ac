"""A new instance: refusing costs no torch, and many first requests load one model."""

import json
import subprocess
import sys

from tests.photos import encoded, face_photo, portrait
from tests.served import ROOT

REFUSED = """
import io, json, sys
import functions_framework
app = functions_framework.create_app("images_similarity", sys.argv[1], "http").test_client()
photo = bytes.fromhex(sys.stdin.read())

def post(second, query=""):
    fields = {"image1": (io.BytesIO(photo), "a.jpg"), "image2": (io.BytesIO(second), "b.jpg")}
    return app.post("/" + query, data=fields)

answers = [
    app.get("/health"),
    app.get("/"),
    app.post("/elsewhere"),
    app.post("/", data=b"{}", content_type="application/json"),
    app.post("/", data=b"--x", content_type="multipart/form-data; boundary=x"),
    post(b"", ""),
    post(photo, "?detail=maybe"),
    post(b"x" * (10 * 1024 * 1024 + 1)),
    post(b"x" * (31 * 1024 * 1024)),
    post(b"not a photo"),
    post(photo[: len(photo) // 2]),
]
statuses = [answer.status_code for answer in answers]
print(json.dumps({"statuses": statuses, "torch": "torch" in sys.modules}))
"""

FIRST_REQUESTS = """
import io, json, sys, threading
import functions_framework
from aifr.recognition import model

loads, answers = [], []
load_network = model.load_network
model.load_network = lambda path: loads.append(path.name) or load_network(path)
app = functions_framework.create_app("images_similarity", sys.argv[1], "http")
photo = bytes.fromhex(sys.stdin.read())
together = threading.Barrier(8)

def ask():
    fields = {name: (io.BytesIO(photo), "a.jpg") for name in ("image1", "image2")}
    together.wait()
    answers.append(app.test_client().post("/", data=fields).status_code)

threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"loads": sorted(loads), "answers": answers}))
"""


def run(script: str, photo: bytes) -> dict[str, object]:
    """The last line that the script writes, in a process that never saw torch."""
    source = ROOT / "functions" / "similarity" / "main.py"
    done = subprocess.run(
        [sys.executable, "-c", script, str(source)],
        input=photo.hex(),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_refusals_and_health_answer_without_torch() -> None:
    outcome = run(REFUSED, encoded(portrait(), quality=80))

    assert outcome["statuses"] == [200, 405, 404, 415, 400, 400, 400, 413, 413, 400, 400]
    assert outcome["torch"] is False


def test_eight_simultaneous_first_requests_load_the_model_once() -> None:
    outcome = run(FIRST_REQUESTS, face_photo())

    assert outcome["answers"] == [200] * 8
    assert outcome["loads"] == ["detector.pt", "embedder.pt"]
