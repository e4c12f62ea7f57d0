"""Holds an S3 endpoint against the compatibility table its vendor publishes."""

__version__ = "0.1.0"
