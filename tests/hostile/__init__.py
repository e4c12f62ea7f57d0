"""Hostile answers as data, a server that gives them, and the whole suite against the worst."""
