"""Failures of servers, shown once more by a client that shares nothing with the suite."""
