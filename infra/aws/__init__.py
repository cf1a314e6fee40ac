"""A partner's bucket on AWS: how its photos reach ingest."""
