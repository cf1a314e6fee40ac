"""What a test arranges through the API before a browser opens a page."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.photos import face_photo, file
from tests.served import Answered, Served, multipart

ANA = {
    "name": "Ana",
    "full_name": "Ana Popescu",
    "sex": "female",
    "country": "RO",
    "birth_year": 1998,
    "missing_since": "2004-05-17",
    "place": "Cluj-Napoca",
    "description": "A blue coat, and a small scar above the left eyebrow.",
    "consent": True,
    "contact": {"name": "Maria Popescu", "email": "maria@example.org", "phone": "", "relation": ""},
}


@dataclass(frozen=True)
class Kept:
    """A case or sighting, and the secret that opens it."""

    identity: str
    secret: str


@dataclass(frozen=True)
class Casebook:
    """The local server, and the keys of its staff."""

    served: Served
    keys: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.served.port}"

    def reviewer(self, number: int) -> str:
        """The key of one of the two local reviewers."""
        lines = self.keys.read_text().splitlines()
        return next(line.split()[-1] for line in lines if line.startswith(f"reviewer-{number}"))

    def ask(
        self, method: str, path: str, token: str | None = None, content: object = None
    ) -> Answered:
        """One request with JSON."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = None if content is None else json.dumps(content).encode()
        return self.served.ask(method, path, body, headers)

    def draft(self, photos: Sequence[tuple[bytes, int]] = (), **changes: Any) -> Kept:
        """A reported case with photos, each with its age, all looked at."""
        answer = self.ask("POST", "/cases", content={**ANA, **changes}).json
        kept = Kept(answer["case"], answer["secret"])
        for photo, age in photos:
            self.add_photo(kept, photo, age)
        return kept

    def add_photo(self, kept: Kept, photo: bytes, age: int) -> None:
        """A photo of a case, looked at."""
        path = f"/cases/{kept.identity}"
        self._upload(f"{path}/photos", kept.secret, photo=file(photo), age=age)
        self.wait_for_photos(path, kept.secret)

    def published(self, photos: Sequence[tuple[bytes, int]] = (), **changes: Any) -> Kept:
        """A case that everyone sees."""
        kept = self.draft(photos or [(face_photo(), 6)], **changes)
        for number, state in enumerate(("verified", "published"), 1):
            path, key = f"/cases/{kept.identity}", self.reviewer(number)
            revision = self.ask("GET", path, key).json["revision"]
            content = {
                "state": state,
                "reason": "Checked with the police report.",
                "revision": revision,
            }
            answered = self.ask("POST", f"{path}/state", key, content)
            assert answered.status == 200, answered.json
        return kept

    def sighting(self, *photos: bytes, age: int = 24) -> Kept:
        """An open sighting, its photos looked at."""
        fields = {"seen_on": "2022-08-01", "place": "Lisboa", "country": "PT", "age": age}
        files = [file(photo) for photo in photos]
        answer = self._upload("/search/sightings", None, photo=files, **fields).json
        kept = Kept(answer["sighting"], answer["secret"])
        self.wait_for_photos(f"/search/sightings/{kept.identity}", kept.secret)
        return kept

    def wait_for_photos(self, path: str, token: str) -> list[dict[str, Any]]:
        """The photos of a record, once none of them is pending."""
        for _ in range(200):
            photos: list[dict[str, Any]] = self.ask("GET", path, token).json["photos"]
            if all(photo["state"] != "pending" for photo in photos):
                return photos
            time.sleep(0.1)
        raise AssertionError("a photo stayed pending")

    def wait_for_matches(self, count: int) -> None:
        """Waits until so many matches are in the queue of the first reviewer."""
        for _ in range(200):
            if self.ask("GET", "/search/matches/next", self.reviewer(1)).json["waiting"] >= count:
                return
            time.sleep(0.1)
        raise AssertionError("no match was found")

    def answer(self, match: str, number: int, word: str) -> None:
        """The answer of a reviewer to a match as they are shown it now."""
        path, key = f"/search/matches/{match}", self.reviewer(number)
        revision = self.ask("GET", path, key).json["revision"]
        said = {"answer": word, "reason": "The chin.", "revision": revision}
        answered = self.ask("POST", f"{path}/answer", key, said)
        assert answered.status == 200, answered.json

    def match(self) -> str:
        """The match that is first in the queue of the first reviewer."""
        self.wait_for_matches(1)
        identity: str = self.ask("GET", "/search/matches/next", self.reviewer(1)).json["match"][
            "id"
        ]
        return identity

    def erase_all(self) -> None:
        """Takes all cases and sightings away."""
        key = self.reviewer(1)
        for state in ("draft", "verified", "published", "closed"):
            for each in self.ask("GET", f"/cases?state={state}&limit=100", key).json["cases"]:
                self.ask("DELETE", f"/cases/{each['id']}", key)
        for state in ("open", "closed"):
            path = f"/search/sightings?state={state}&limit=100"
            for each in self.ask("GET", path, key).json["sightings"]:
                self.ask("DELETE", f"/search/sightings/{each['id']}", key)

    def _upload(self, path: str, token: str | None, **fields: Any) -> Answered:
        body, content_type = multipart(fields)
        headers = {"Content-Type": content_type}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answered = self.served.ask("POST", path, body, headers)
        assert answered.status < 300, answered.json
        return answered
