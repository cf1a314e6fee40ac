"""Backbones (image -> feature x) and what is built on them."""
