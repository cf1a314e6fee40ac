"""What every HTTP function shares: uploads and limits, errors as JSON, CORS, health, request logs.

Imports neither `aifr.casebook` nor `aifr.recognition` nor torch.
"""
