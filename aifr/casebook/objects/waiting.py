"""How long a bucket's server is waited for: an HTTP function must answer within a minute itself."""

CONNECT_SECONDS = 3
# Between two packets of an answer, not for all of it.
READ_SECONDS = 6
