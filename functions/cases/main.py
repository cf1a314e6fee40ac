"""HTTP function: the registry of cases. docs/api.md says who may do what."""

import functions_framework

from aifr.desk import cases as answers
from aifr.desk import rulings
from aifr.desk.admission import admit
from aifr.desk.photos import change_photo, erase_photo, sign_upload, upload_photo
from aifr.endpoint.routes import Route, router
from aifr.serving import serving_card

FILTERS = ("state", "waiting", "sex", "country", "word", "cursor", "limit")

ROUTES = (
    Route("GET", "", "everyone", answers.list_all, counts="searches", parameters=FILTERS),
    Route("POST", "", "everyone", answers.report, counts="reports", status=201),
    Route("GET", "me", "everyone", answers.me),
    Route("GET", "{case}", "everyone", answers.read),
    Route("PATCH", "{case}", "owner", answers.correct, counts="corrections"),
    Route("DELETE", "{case}", "owner", answers.remove, counts="corrections"),
    Route("POST", "{case}/state", "owner", rulings.change, counts="corrections"),
    Route("POST", "{case}/changes", "staff", rulings.decide, counts="corrections"),
    Route("POST", "{case}/secret", "owner", answers.secret, counts="corrections"),
    Route("GET", "{case}/contact", "owner", answers.contact),
    Route("GET", "{case}/history", "staff", answers.events),
    Route("POST", "{case}/photos", "owner", upload_photo, counts="photos", status=202),
    Route("POST", "{case}/uploads", "owner", sign_upload, counts="photos"),
    Route("GET", "{case}/photos/{photo}", "everyone", answers.photo, parameters=("view",)),
    Route("PATCH", "{case}/photos/{photo}", "owner", change_photo, counts="corrections"),
    Route("DELETE", "{case}/photos/{photo}", "owner", erase_photo, counts="corrections"),
)

cases = functions_framework.http(
    router("cases", ROUTES, admit, warm=lambda: serving_card().version)
)
