"""For schemathesis: among the files it sends are real photos, so that answers are checked too."""

import schemathesis
from hypothesis import strategies

from tests.photos import face_photo, faceless_photo

photos = strategies.sampled_from([face_photo(), faceless_photo()])
schemathesis.openapi.format("binary", photos | strategies.binary(max_size=200))
