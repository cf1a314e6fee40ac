"""HTTP function: sightings, candidates, the reviewers' queue. docs/api.md says who may do what."""

import functions_framework

from aifr.desk import matches
from aifr.desk import search as answers
from aifr.desk.admission import admit
from aifr.desk.photos import change_sighting_photo
from aifr.endpoint.routes import Route, router
from aifr.serving import model_version

PAGE = ("cursor", "limit")
OF_MATCHES = ("state", "case", "sighting", *PAGE)
RANKING = ("limit", "sex", "country", "age_window")

ROUTES = (
    Route("POST", "sightings", "everyone", answers.report, counts="sightings", status=201),
    Route("GET", "sightings", "staff", answers.list_all, parameters=("state", *PAGE)),
    Route("GET", "sightings/{sighting}", "owner", answers.read),
    Route("DELETE", "sightings/{sighting}", "owner", answers.remove, counts="corrections"),
    Route("POST", "sightings/{sighting}/state", "staff", answers.change),
    Route("POST", "sightings/{sighting}/secret", "owner", answers.secret, counts="corrections"),
    Route("GET", "sightings/{sighting}/contact", "owner", answers.contact),
    Route("GET", "sightings/{sighting}/photos/{photo}", "owner", answers.photo),
    Route(
        "PATCH",
        "sightings/{sighting}/photos/{photo}",
        "owner",
        change_sighting_photo,
        counts="corrections",
    ),
    Route(
        "GET",
        "sightings/{sighting}/candidates",
        "staff",
        answers.candidates,
        counts="searches",
        parameters=RANKING,
    ),
    Route("POST", "probe", "staff", answers.probe, counts="searches", parameters=RANKING),
    Route("GET", "matches", "staff", matches.list_all, parameters=OF_MATCHES),
    Route("GET", "matches/next", "staff", matches.next_in_queue),
    Route("GET", "matches/{match}", "staff", matches.read),
    Route("POST", "matches/{match}/answer", "staff", matches.answer),
)

search = functions_framework.http(router("search", ROUTES, admit, warm=model_version))
