"""What an answer tells of a photo: everything a reviewer can use, never the embedding."""

from typing import Any

from aifr.recognition.calibration import Assessment, PhotoFacts
from aifr.recognition.quality import Reason
from aifr.recognition.recognise import Recognition

DECIMALS = 4


def photo_answer(recognition: Recognition) -> dict[str, Any]:
    """Size and box in pixels of the upright photo, probabilities from 0 to 1."""
    width, height = recognition.size
    left, top, right, bottom = (round(edge, 1) for edge in recognition.face.box)
    return {
        "size": {"width": width, "height": height},
        "faces_found": len(recognition.faces),
        "box": {"left": left, "top": top, "right": right, "bottom": bottom},
        "probability": rounded(recognition.face.probability),
        "quality": [_reason_answer(reason) for reason in recognition.quality],
        "age_group": {name: rounded(share) for name, share in recognition.age_groups.items()},
    }


def facts(recognition: Recognition, age: float | None) -> PhotoFacts:
    """What calibration needs to know of a photo; age in years where the caller told it."""
    return PhotoFacts(age, recognition.age_groups, recognition.quality)


def assessment_answer(assessment: Assessment | None) -> dict[str, Any]:
    """What may be said of the pair; empty where the model is not calibrated."""
    if assessment is None:
        return {}
    return {
        "likelihood_ratio": significant(assessment.likelihood_ratio),
        "age_gap": round(assessment.age_gap, 1),
        "reliability": assessment.reliability,
        "reliability_reasons": list(assessment.reasons),
        "reading": assessment.reading,
    }


def significant(value: float) -> float:
    """A ratio with three digits that mean something."""
    return float(f"{value:.3g}")


def rounded(value: float) -> float:
    """A number as answers carry it: a plain float with four decimals."""
    return round(float(value), DECIMALS)


def _reason_answer(reason: Reason) -> dict[str, Any]:
    return {
        "reason": reason.name,
        "value": rounded(reason.value),
        "limit": rounded(reason.limit),
    }
