"""Photo bytes -> upright image -> faces -> aligned crop -> identity embedding -> similarity.

Imports neither `aifr.casebook` nor `aifr.endpoint`; torch is imported in `model` alone.
"""
