"""Vendors' tables, one file each as they were read, and how each becomes a matrix.

    python -m tests.vendor_tables         # writes those that are shipped into specs/
    python -m tests.vendor_tables DIR     # writes all of them into DIR

A file holds the marks of its source in words (`legend`), operations with their features, and the
source's remarks. A feature is its word, or `word: remark`.
"""

from tests.vendor_tables.making import SHIPPED, TABLES, made

__all__ = ["SHIPPED", "TABLES", "made"]
