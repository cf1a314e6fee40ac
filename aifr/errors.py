"""The error tree: every failure a caller may see, with its HTTP status and its stable code.

`aifr.endpoint.errors` is the one place that turns these into JSON.
"""

import time


class AifrError(Exception):
    """A failure with a message for the caller; `param` names the input that caused it."""

    status = 500
    type = "request_error"
    code = "internal"
    # After how many seconds the same request may pass, where waiting helps.
    seconds: int | None = None

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class InvalidRequest(AifrError):
    """The caller can mend this one."""

    status = 400
    type = "invalid_request_error"
    code = "invalid_request"


class RequestFailed(AifrError):
    """The request was well formed, but cannot be answered."""

    status = 422
    code = "request_failed"


class NotFound(InvalidRequest):
    status = 404
    code = "not_found"


class MethodNotAllowed(InvalidRequest):
    """`allowed` are the methods the path answers."""

    status = 405
    code = "method_not_allowed"

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class InvalidParameter(InvalidRequest):
    code = "parameter_invalid"


class MalformedBody(InvalidRequest):
    code = "body_malformed"


class BodyTooLarge(InvalidRequest):
    status = 413
    code = "body_too_large"


class MissingField(InvalidRequest):
    code = "field_missing"


class NotAFile(InvalidRequest):
    code = "field_not_a_file"


class TooManyFiles(InvalidRequest):
    code = "too_many_files"


class UndecodableImage(InvalidRequest):
    code = "image_undecodable"


class EmptyFile(InvalidRequest):
    code = "file_empty"


class ImageTooSmall(InvalidRequest):
    code = "image_too_small"


class TooManyPixels(InvalidRequest):
    code = "image_too_many_pixels"


class FileTooLarge(InvalidRequest):
    status = 413
    code = "file_too_large"


class UnsupportedType(InvalidRequest):
    status = 415
    code = "unsupported_type"


class SeveralFaces(InvalidRequest):
    code = "several_faces"


class NoFace(RequestFailed):
    code = "no_face"


class ModelUnavailable(RequestFailed):
    status = 503
    code = "model_unavailable"


class StoreUnavailable(RequestFailed):
    """Records or objects cannot be reached just now; the same call may pass later."""

    status = 503
    code = "store_unavailable"
    seconds = 5


class IssuerUnavailable(RequestFailed):
    """Who signs the tokens of staff cannot be reached just now; the same call may pass later."""

    status = 503
    code = "issuer_unavailable"
    seconds = 5

    def __init__(self) -> None:
        super().__init__("Google cannot be asked just now whether this sign-in is good; try again.")


class ObjectMissing(NotFound):
    """An object store holds nothing under a name."""

    code = "object_missing"


class NotAuthenticated(InvalidRequest):
    """Nobody where somebody is needed."""

    status = 401
    code = "not_authenticated"


class InvalidToken(NotAuthenticated):
    """A token that opens nothing, or nothing any more: whether it ever did is not told."""

    code = "invalid_token"


class NotAllowed(InvalidRequest):
    """Known, and not allowed."""

    status = 403
    code = "not_allowed"


class Conflict(InvalidRequest):
    """The record is in a state in which this cannot be done."""

    status = 409
    code = "conflict"


class RevisionMoved(Conflict):
    """The record is no longer what the caller had been shown."""

    code = "revision_moved"


class RevisionMissing(InvalidRequest):
    """A decision that does not say on what it was made."""

    status = 428
    code = "revision_missing"


class CaseClosed(Conflict):
    """Nothing of a closed case changes."""

    code = "case_closed"


class FaceNotChosen(Conflict):
    """A photo shows several people, and nobody has said which one is meant."""

    code = "face_not_chosen"


class OwnRecord(NotAllowed):
    """Nobody decides on what they reported or sent themselves."""

    code = "own_record"


class SecondPersonNeeded(NotAllowed):
    """One person did the first half of this; another has to do the second."""

    code = "second_person_needed"


class KeyReused(Conflict):
    """The same Idempotency-Key came with another report."""

    code = "idempotency_key_reused"


class TooManyRequests(InvalidRequest):
    """`seconds` until the caller may try again."""

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


def used_up(kind: str, expires: int) -> TooManyRequests:
    """The refusal of what one caller has had an hour's budget of; expires: when, in Unix time."""
    seconds = max(1, expires - int(time.time()))
    message = f"There have been as many {kind} within this hour as there may be; go on after it."
    return TooManyRequests(message, seconds)
