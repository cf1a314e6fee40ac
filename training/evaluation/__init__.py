"""Measures of a model, one protocol a file; `python -m training.evaluate` runs them."""
