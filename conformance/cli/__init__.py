"""The command line `s3-conformance`: one file for each group of commands."""

from conformance.cli.main import main

__all__ = ["main"]
