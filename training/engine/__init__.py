"""Training to know people apart, whichever row of the ladder a configuration describes."""
