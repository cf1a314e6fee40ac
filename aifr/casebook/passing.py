"""What a reviewer passes or refuses of a case: corrected fields, and photos."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from aifr.casebook.cases import Case, case_words
from aifr.casebook.identity import staff_person
from aifr.casebook.moment import now
from aifr.casebook.photo_changes import refaced
from aifr.casebook.photos import Photo, awaits_review, passed
from aifr.errors import Conflict, FaceNotChosen, NotFound, SecondPersonNeeded


@dataclass(frozen=True)
class Wanted:
    """What is asked for: these fields and photos, all that waits where both are None, but for
    photos left out. whole: of which the public is to see all. person: whose own proposals others
    have to pass, None where nobody else could.
    """

    fields: Collection[str] | None = None
    photos: Collection[str] | None = None
    whole: Collection[str] = ()
    leave_out: Collection[str] = ()
    person: str | None = None

    @property
    def everything(self) -> bool:
        """Whether all is meant."""
        return self.fields is None and self.photos is None


@dataclass(frozen=True)
class Chosen:
    """What is passed or refused, by name."""

    fields: frozenset[str]
    photos: frozenset[str]
    whole: frozenset[str]
    everything: bool


def choose_all(case: Case, photos: Sequence[Photo], wanted: Wanted) -> Chosen:
    """All that can be passed, but for what was left out and what is the person's own."""
    mine = {
        photo.identity
        for photo in photos
        if passable(case, photo) and not own_photo(case, photo, wanted.person)
    }
    fields = {name for name in case.proposed if not own_field(case, name, wanted.person)}
    known_photos(photos, wanted.leave_out)
    whole = require_faces(known_photos(photos, wanted.whole))
    return Chosen(
        frozenset(fields),
        frozenset(mine - set(wanted.leave_out)) | whole,
        whole,
        everything=True,
    )


def choose_named(case: Case, photos: Sequence[Photo], wanted: Wanted, passing: bool) -> Chosen:
    """What is named, each field and photo; raises NotFound, Conflict for a field of which nothing
    waits, and where it is to be passed FaceNotChosen and SecondPersonNeeded.
    """
    fields = frozenset(wanted.fields or ())
    if fields - case.proposed.keys():
        raise Conflict("Nothing waits of: " + ", ".join(sorted(fields - case.proposed.keys())))
    named = known_photos(photos, {*(wanted.photos or ()), *wanted.whole})
    whole = frozenset(wanted.whole)
    if passing:
        require_faces(named)
        own = any(own_field(case, name, wanted.person) for name in fields)
        if own or any(own_photo(case, photo, wanted.person) for photo in named):
            raise SecondPersonNeeded("You proposed this: another reviewer has to pass it.")
    return Chosen(fields, frozenset(photo.identity for photo in named), whole, everything=False)


def choose(case: Case, photos: Sequence[Photo], wanted: Wanted, passing: bool) -> Chosen:
    """What a ruling is about; raises as `choose_named`, and Conflict where nothing waits."""
    if not wanted.everything:
        return choose_named(case, photos, wanted, passing)
    chosen = choose_all(case, photos, wanted) if passing else choose_waiting(case, photos)
    if chosen.fields or chosen.photos or case.removed:
        return chosen
    if passing and wanted.person:
        # Whether it is their own, or nothing at all.
        choose(case, photos, replace(wanted, person=None), passing)
        raise SecondPersonNeeded("You proposed this: another reviewer has to pass it.")
    raise Conflict("Nothing waits that could be decided.")


def choose_waiting(case: Case, photos: Sequence[Photo]) -> Chosen:
    """All that waits."""
    waiting = [photo.identity for photo in photos if awaits_review(case, photo)]
    return Chosen(frozenset(case.proposed), frozenset(waiting), frozenset(), everything=True)


def known_photos(photos: Sequence[Photo], names: Collection[str]) -> list[Photo]:
    """The photos of these names; raises NotFound."""
    known = {photo.identity: photo for photo in photos}
    if not known.keys() >= set(names):
        raise NotFound("The case has no such photo.")
    return [known[name] for name in sorted(set(names))]


def require_faces(photos: Sequence[Photo]) -> frozenset[str]:
    """Their names; raises FaceNotChosen for one that shows nobody, or nobody knows whom."""
    for photo in photos:
        if photo.face is None:
            raise FaceNotChosen("Point at the missing person first.", "photos")
    return frozenset(photo.identity for photo in photos)


def passable(case: Case, photo: Photo) -> bool:
    """Whether there is something of a photo to pass."""
    return awaits_review(case, photo) and photo.face is not None


def own_field(case: Case, name: str, person: str | None) -> bool:
    """Whether a person proposed a correction."""
    return person is not None and staff_person(case.proposed[name]["by"]) == person


def own_photo(case: Case, photo: Photo, person: str | None) -> bool:
    """Whether a person sent a photo that nobody has passed, or proposed a change of it."""
    actors = [said["by"] for said in photo.proposed.values()]
    actors += [] if passed(case, photo) else [photo.added_by]
    return person is not None and any(staff_person(actor) == person for actor in actors)


def pass_case(
    case: Case, photos: Sequence[Photo], chosen: Chosen, actor: str
) -> tuple[Case, list[Photo]]:
    """The case and its photos with what is passed."""
    values = {name: case.proposed[name]["value"] for name in chosen.fields}
    after = replace(
        case,
        **values,
        proposed={name: said for name, said in case.proposed.items() if name not in values},
        refused={name: said for name, said in case.refused.items() if name not in values},
        removed=[] if chosen.everything else case.removed,
    )
    after = replace(after, words=case_words(after))
    return after, [
        pass_photo(photo, chosen, actor) if photo.identity in chosen.photos else photo
        for photo in photos
    ]


def pass_photo(photo: Photo, chosen: Chosen, actor: str) -> Photo:
    """A photo that the public may see, with what was proposed of it."""
    named = photo.identity in chosen.whole
    after = replace(
        photo,
        age=photo.proposed.get("age", {"value": photo.age})["value"],
        proposed={},
        passed_by=actor,
        passed_at=now(),
        whole=named or (chosen.everything and photo.whole),
        refused="",
        refused_at="",
        matched=False,
        updated=now(),
    )
    return refaced(after, photo.proposed.get("chosen", {"value": photo.face})["value"])


def refuse_case(
    case: Case, photos: Sequence[Photo], chosen: Chosen, reason: str
) -> tuple[Case, list[Photo]]:
    """The case and its photos without what is refused."""
    refused = {
        name: {"value": case.proposed[name]["value"], "reason": reason, "at": now()}
        for name in chosen.fields
    }
    after = replace(
        case,
        proposed={name: said for name, said in case.proposed.items() if name not in refused},
        refused={**case.refused, **refused},
        removed=[] if chosen.everything else case.removed,
    )
    return after, [
        refuse_photo(photo, reason) if photo.identity in chosen.photos else photo
        for photo in photos
    ]


def refuse_photo(photo: Photo, reason: str) -> Photo:
    """A photo whose changes are refused, or, where none waits, that is not to be seen itself."""
    told = replace(photo, refused=reason, refused_at=now(), proposed={})
    if photo.proposed:
        return told
    return replace(told, passed_by="", passed_at="", whole=False, updated=now())
