"""Cases, photos, sightings, matches, audit, and where they are kept.

May import `aifr.recognition`; imports neither `aifr.endpoint` nor `training`.
"""
