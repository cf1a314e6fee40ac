"""What each role sees of a record. What is not named here is not shown: no embedding, no contact,
no place where a photo lies.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aifr.answers import assessment_answer, rounded, significant
from aifr.casebook.answering import Refusal, Reviewer
from aifr.casebook.cases import Case
from aifr.casebook.decisions import Match, answered, shown_state, standing
from aifr.casebook.erasure import Erasure
from aifr.casebook.photos import Photo, passed, shown
from aifr.casebook.ranking import Candidate
from aifr.casebook.sightings import Sighting

PUBLIC = (
    "state",
    "name",
    "sex",
    "country",
    "birth_year",
    "age_missing",
    "missing_since",
    "place",
    "description",
    "published",
)
# The state of a sighting to who sent it, for as long as their link opens it.
KEPT = "open"
SCORES = ("similarity", "likelihood_ratio", "reliability", "reliability_reasons", "reading")
SAID = ("reviewer", "answer", "reason", "at", "blind", "case_photo", "sighting_photo")


def public_case(case: Case, photos: Sequence[Photo]) -> dict[str, Any]:
    """A case as everyone sees it: with what a reviewer has passed."""
    seen = [photo for photo in photos if shown(case, photo)]
    return {
        "id": case.identity,
        **{name: getattr(case, name) for name in PUBLIC},
        "revision": case.reviewed,
        "photos": [{"id": photo.identity, "age": photo.age} for photo in seen],
    }


def full_case(
    case: Case, photos: Sequence[Photo], full_name: str, staff: bool = False
) -> dict[str, Any]:
    """A case as its reporter sees it, and staff, who also see which of them did what."""
    answer = {
        **public_case(case, []),
        "revision": case.revision,
        "created": case.created,
        "updated": case.updated,
        "reason": case.reason,
        "full_name": full_name,
        "photos": [case_photo(case, photo, staff) for photo in photos],
        "waiting": case.waiting,
        "changes": changes_view(case, staff),
    }
    return {**answer, "verified_by": case.verified_by} if staff else answer


def changes_view(case: Case, staff: bool) -> dict[str, Any]:
    """What has been told since a reviewer looked, before beside after, and what was refused."""
    fields = [
        {"field": name, **before_and_after(getattr(case, name), said, staff)}
        for name, said in sorted(case.proposed.items())
    ]
    refused = [{"field": name, **said} for name, said in sorted(case.refused.items())]
    return {"fields": fields, "removed": case.removed, "refused": refused}


def before_and_after(before: Any, said: Mapping[str, Any], staff: bool) -> dict[str, Any]:
    """A correction that waits."""
    change = {"before": before, "after": said["value"], "at": said["at"]}
    return {**change, "by": said["by"]} if staff else change


def case_photo(case: Case, photo: Photo, staff: bool) -> dict[str, Any]:
    """A photo of a case as its reporter sees it, and staff, who also see whose it is."""
    names = {"age": ("age", photo.age), "chosen": ("face", photo.face)}
    proposed = {
        names[name][0]: before_and_after(names[name][1], said, staff)
        for name, said in photo.proposed.items()
    }
    refused = {"reason": photo.refused, "at": photo.refused_at} if photo.refused else None
    answer = {
        **full_photo(photo),
        "review": review_of(case, photo),
        "passed_at": photo.passed_at or None,
        "whole": photo.whole,
        "proposed": proposed,
        "refused": refused,
    }
    if not staff:
        return answer
    return {**answer, "added_by": photo.added_by, "passed_by": photo.passed_by or ""}


def review_of(case: Case, photo: Photo) -> str:
    """What a reviewer has said of a photo."""
    if passed(case, photo) and photo.face is not None:
        return "passed"
    return "refused" if photo.refused else "waiting"


def full_photo(photo: Photo) -> dict[str, Any]:
    """A photo as who sent it and staff see it."""
    return {
        "id": photo.identity,
        "age": photo.age,
        "state": photo.state,
        "reason": photo.reason or None,
        "message": photo.message or None,
        "size": {"width": photo.size[0], "height": photo.size[1]} if photo.size else None,
        "faces": photo.faces,
        "face": photo.face,
        "quality": [reason["name"] for reason in photo.quality],
    }


def sighting_view(sighting: Sighting, photos: Sequence[Photo]) -> dict[str, Any]:
    """A sighting as staff see it."""
    return {**own_sighting(sighting, photos), "state": sighting.state}


def own_sighting(sighting: Sighting, photos: Sequence[Photo]) -> dict[str, Any]:
    """A sighting as who sent it sees it; never what it was found to match, nor what reviewers made
    of it: closing it may follow from a match.
    """
    return {
        "id": sighting.identity,
        "state": KEPT,
        "created": sighting.created,
        "seen_on": sighting.seen_on,
        "place": sighting.place,
        "country": sighting.country,
        "sex": sighting.sex,
        "age": sighting.age,
        "note": sighting.note,
        "photos": [full_photo(photo) for photo in photos],
    }


def receipt_view(sighting: Sighting, secret: str | None) -> dict[str, Any]:
    """What who sends a sighting is answered; the same when they send it again."""
    return {"sighting": sighting.identity, "state": KEPT, "secret": secret}


def erasure_view(erasure: Erasure) -> dict[str, Any]:
    """What was erased, as who reported it sees it: nothing that depends on anyone else's."""
    return {
        "erased": {"photos": erasure.erased.get("photos", 0)},
        "remaining": erasure.remaining,
    }


def full_erasure(erasure: Erasure) -> dict[str, Any]:
    """What was erased, as staff see it."""
    return {"erased": dict(erasure.erased), "remaining": erasure.remaining}


def candidate_view(candidate: Candidate, photos: Sequence[Photo]) -> dict[str, Any]:
    """A candidate as a reviewer sees it."""
    answer: dict[str, Any] = {
        "case": public_case(candidate.case, photos),
        "photo": candidate.photo.identity,
        "similarity": rounded(candidate.similarity),
        **assessment_answer(candidate.assessment),
    }
    if candidate.chance_hits is not None:
        answer["chance_hits"] = significant(candidate.chance_hits)
    return answer


def match_view(
    match: Match,
    case: dict[str, Any],
    sighting: dict[str, Any],
    reviewer: Reviewer,
    revision: str,
    refusal: Refusal | None,
) -> dict[str, Any]:
    """A match as a reviewer sees it: without scores and others' answers while it is sealed."""
    sealed = reviewer.sealed(match)
    answer: dict[str, Any] = {
        "id": match.identity,
        "revision": revision,
        "state": shown_state(match, sealed),
        "created": match.created,
        "case": case,
        "sighting": sighting,
        "case_photo": match.case_photo,
        "sighting_photo": match.sighting_photo,
        "withdrawn_photos": match.withdrawn_photos,
        "copy": match.copy,
        "age_gap": round(match.age_gap, 1),
        "answered": answered(match, reviewer.name),
        "may_answer": refusal is None,
        "refusal": refusal,
    }
    if sealed:
        return {**answer, "answers": []}
    scores = {name: getattr(match, name) for name in SCORES}
    scores["similarity"] = rounded(match.similarity)
    scores["likelihood_ratio"] = significant(match.likelihood_ratio)
    return {**answer, **scores, "answers": answers_of(match, reviewer)}


def answers_of(match: Match, reviewer: Reviewer) -> list[dict[str, Any]]:
    """All that reviewers ever said of a match, the oldest first; own: whether this reviewer said
    it, stands: whether it counts.
    """
    counting = list(standing(match).values())
    return [
        {
            **{name: said[name] for name in SAID},
            "own": said["reviewer"] == reviewer.name,
            "stands": any(said is each for each in counting),
        }
        for said in match.answers
    ]
