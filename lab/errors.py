"""The one error the lab raises."""


class LabError(Exception):
    """A server could not be installed, started or used; the message is for a person."""
