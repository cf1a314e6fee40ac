"""Data sets -> crops -> networks and losses -> training -> evaluation -> export.

Uses `aifr.recognition` to decode, detect and align, so that training sees what serving sees.
"""
