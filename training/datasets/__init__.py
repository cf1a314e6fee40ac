"""Readers: a folder or zip of a public data set -> its photographs with their labels."""
