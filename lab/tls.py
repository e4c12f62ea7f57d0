"""A certificate for the loopback, for servers that do some things over TLS only."""

from dataclasses import dataclass
from pathlib import Path

from lab.site import HOST, Site

DAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One that signs itself: what clients must trust is the certificate."""

    certificate: Path
    key: Path


def certify(site: Site, folder: Path, *, certificate: str, key: str) -> Certificate:
    """Write a certificate for 127.0.0.1 and its key, in PEM, under the names given.

    Raises:
        LabError: there is no `openssl`, or it failed.
    """
    made = Certificate(certificate=folder / certificate, key=folder / key)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST}"]
    files = ["-keyout", str(made.key), "-out", str(made.certificate)]
    site.run(["openssl", "req", "-x509", *curve, "-days", str(DAYS), *subject, *files])
    return made
