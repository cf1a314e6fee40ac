"""The functions with a casebook, as tests of the desk have them."""

from tests.desk.conftest import desk

__all__ = ["desk"]
