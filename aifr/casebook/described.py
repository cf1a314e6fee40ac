"""A photo with what was recognised in it."""

from dataclasses import asdict, replace

from aifr.casebook.moment import now
from aifr.casebook.photos import Photo
from aifr.errors import SeveralFaces
from aifr.recognition.card import Card
from aifr.recognition.recognise import Recognition

# Of two boxes of one face, how much of both lies in both; less after a change of the detector.
SAME_FACE = 0.5


def described(photo: Photo, seen: Recognition, card: Card) -> Photo:
    """The photo with what was recognised in it; undecided where nobody has said which of several
    people is meant, or the one who was is no longer found where they were.
    """
    boxes = [box_of(face.box) for face in seen.faces]
    face = [face.box for face in seen.faces].index(seen.face.box)
    if len(boxes) > 1 and not pointed_at(photo, boxes[face]):
        return undecided(photo, seen, boxes)
    return replace(
        photo,
        state="embedded",
        reason="",
        message="",
        size=list(seen.size),
        faces=boxes,
        face=face,
        quality=[asdict(reason) for reason in seen.quality],
        age_groups=seen.age_groups,
        model=card.version,
        matched=False,
        updated=now(),
    )


def undecided(photo: Photo, seen: Recognition, boxes: list[dict[str, float]]) -> Photo:
    """The photo with the faces of several people, none of whom is taken for the one meant."""
    return replace(
        photo,
        state="undecided",
        reason=SeveralFaces.code,
        message=f"The photo shows {len(boxes)} faces: say which one is meant.",
        size=list(seen.size),
        faces=boxes,
        face=None,
        quality=[],
        age_groups={},
        model="",
        matched=False,
        updated=now(),
    )


def pointed_at(photo: Photo, box: dict[str, float]) -> bool:
    """Whether somebody chose the face in this box."""
    if photo.chosen is None:
        return False
    if photo.chosen >= len(photo.faces):
        # Told before the photo had been looked at.
        return True
    return overlap(photo.faces[photo.chosen], box) >= SAME_FACE


def overlap(one: dict[str, float], other: dict[str, float]) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(one["right"], other["right"]) - max(one["left"], other["left"])
    height = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    both = max(width, 0.0) * max(height, 0.0)
    areas = [(box["right"] - box["left"]) * (box["bottom"] - box["top"]) for box in (one, other)]
    return both / max(sum(areas) - both, 1e-9)


def box_of(box: tuple[float, float, float, float]) -> dict[str, float]:
    """A face's box in pixels of the upright photo."""
    left, top, right, bottom = (round(float(edge), 1) for edge in box)
    return {"left": left, "top": top, "right": right, "bottom": bottom}
