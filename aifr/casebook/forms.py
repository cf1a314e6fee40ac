"""What reports and sightings say, checked field by field."""

import re
from dataclasses import fields
from datetime import date
from typing import Any

from aifr.casebook.cases import REPORT_FIELDS, SEXES, Contact, Report
from aifr.casebook.sightings import Seen
from aifr.errors import InvalidParameter, MissingField
from aifr.fields import Content, copied, country, day, line, one_of, refuse_unknown, text, whole

OLDEST = 120
CONTACT_FIELDS = tuple(field.name for field in fields(Contact))
SEEN_FIELDS = tuple(field.name for field in fields(Seen))
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
PHONE = re.compile(r"[0-9+()/. -]{5,30}")


def report_of(content: Content) -> Report:
    """The person of a report; raises MissingField and InvalidParameter."""
    report = Report(
        name=line(content, "name", 80, required=True),
        sex=one_of(content, "sex", SEXES, "unknown"),
        country=country(content, "country", required=True),
        birth_year=whole(content, "birth_year", 1880, date.today().year),
        age_missing=whole(content, "age_missing", 0, OLDEST),
        missing_since=day(content, "missing_since"),
        place=line(content, "place", 200, required=True),
        description=text(content, "description", 4000),
    )
    require_age(report)
    return report


def require_age(report: Report) -> None:
    """Raises MissingField where neither birth year nor age is known, InvalidParameter where the
    person vanished before birth.
    """
    if report.birth_year is None and report.age_missing is None:
        raise MissingField("Tell the birth year, or the age when missing.", "birth_year")
    if report.birth_year is not None and report.birth_year > int(report.missing_since[:4]):
        raise InvalidParameter("birth_year lies after missing_since.", "birth_year")


def require_consent(content: Content) -> None:
    """Raises InvalidParameter unless `consent` is true."""
    if content.get("consent") is not True:
        raise InvalidParameter("Without consent (true) nothing can be kept.", "consent")


def changes_of(content: Content, report: Report) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a correction changes, of the report and of its private part; raises as `report_of`."""
    refuse_unknown(content, (*REPORT_FIELDS, "contact", "full_name"))
    public = {name: value for name, value in content.items() if name in REPORT_FIELDS}
    corrected = report_of({**{name: getattr(report, name) for name in REPORT_FIELDS}, **public})
    private: dict[str, Any] = {}
    if "contact" in content:
        private["contact"] = vars(contact_of(content))
    if "full_name" in content:
        private["full_name"] = line(content, "full_name", 120)
    return {name: getattr(corrected, name) for name in public}, private


def contact_of(content: Content) -> Contact:
    """How to reach who reports; raises MissingField and InvalidParameter."""
    given = content.get("contact")
    if not isinstance(given, dict):
        raise MissingField("The field contact is missing.", "contact")
    refuse_unknown(given, CONTACT_FIELDS)
    return checked_contact(given, "")


def sighting_contact_of(content: Content) -> Contact | None:
    """How to reach who saw somebody, from fields contact_name and so on; None without any."""
    if not any(content.get(f"contact_{name}") for name in CONTACT_FIELDS):
        return None
    return checked_contact(content, "contact_")


def checked_contact(content: Content, prefix: str) -> Contact:
    """A contact of fields whose names begin with `prefix`: a name and one way to reach it."""
    name = line(content, f"{prefix}name", 120, required=True)
    email = copied(content, f"{prefix}email", 254)
    phone = copied(content, f"{prefix}phone", 30)
    if email and EMAIL.fullmatch(email) is None:
        raise InvalidParameter("This is no e-mail address.", f"{prefix}email")
    if phone and PHONE.fullmatch(phone) is None:
        raise InvalidParameter("This is no telephone number.", f"{prefix}phone")
    if not email and not phone:
        raise MissingField("Tell an e-mail address or a telephone number.", f"{prefix}email")
    return Contact(name, email, phone, line(content, f"{prefix}relation", 80))


def seen_of(content: Content) -> Seen:
    """What a sighting says; raises MissingField and InvalidParameter."""
    return Seen(
        seen_on=day(content, "seen_on"),
        place=line(content, "place", 200, required=True),
        country=country(content, "country", required=True),
        sex=one_of(content, "sex", SEXES, "unknown"),
        age=whole(content, "age", 0, OLDEST),
        note=text(content, "note", 4000),
    )


def photo_changes_of(content: Content) -> dict[str, Any]:
    """What a correction of a photo changes: its age, or which face is meant."""
    refuse_unknown(content, ("age", "face"))
    changes: dict[str, Any] = {}
    if "age" in content:
        changes["age"] = whole(content, "age", 0, OLDEST)
    if "face" in content:
        changes["chosen"] = whole(content, "face", 0, 999)
    return changes
