"""A vendor as documented: an endpoint that serves what a matrix documents, and no more."""
