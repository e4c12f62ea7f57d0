"""The parameters that ask for a response header in place of the object's own.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

from typing import Final

# By parameter: the header that it asks for, and its value, in this one response.
OVERRIDES: Final = {
    "response-content-type": ("Content-Type", "text/x-asked; charset=utf-8"),
    "response-cache-control": ("Cache-Control", "no-cache"),
    "response-content-disposition": ("Content-Disposition", 'attachment; filename="a b+c&d.txt"'),
    "response-content-encoding": ("Content-Encoding", "identity"),
    "response-content-language": ("Content-Language", "rm-CH, de"),
    "response-expires": ("Expires", "Thu, 01 Dec 2039 16:00:00 GMT"),
}
# An object whose own headers are others: `stored_headers.described`, by this name.
DESCRIBED: Final = "an object with metadata"
