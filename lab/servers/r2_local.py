"""Cloudflare's own local R2: the S3 endpoint of wrangler's development server.

Its buckets exist only as declared in the configuration, each with its own keys, so the suite
has to stay inside them.
"""

import json

from lab.packages import NodePackage
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

KEYS = Credentials(access_key="0123456789abcdef" * 2, secret_key="0123456789abcdef" * 4)
BUCKETS = ("conf-a", "conf-b", "conf-c")
PATH = "/cdn-cgi/local/r2/s3"

WORKER = 'export default { fetch() { return new Response("ok"); } };\n'
"""Wrangler serves buckets only beside a Worker; this one has nothing to do."""

QUIET = {
    "CI": "1",
    "CLOUDFLARE_CF_FETCH_ENABLED": "false",
    "WRANGLER_SEND_METRICS": "false",
    "WRANGLER_SEND_ERROR_REPORTS": "false",
}
"""Keep wrangler from asking questions and from calling home."""


def launch(site: Site) -> Running:
    """Declare the buckets and start the development server beside an idle Worker."""
    site.write("worker.js", WORKER)
    site.write("wrangler.json", json.dumps(_config(), indent=2))
    listen = ["--ip", HOST, "--port", str(site.port)]
    inspect = ["--inspector-ip", HOST, "--inspector-port", str(site.free_port())]
    site.spawn(
        [site.program("node"), site.program("wrangler"), "dev", "--local", *listen, *inspect],
        env=QUIET,
    )
    return Running(url=site.url + PATH, credentials=KEYS, region="auto", buckets=BUCKETS)


def _config() -> dict[str, object]:
    keys = {"accessKeyId": KEYS.access_key, "secretAccessKey": KEYS.secret_key}
    return {
        "name": "lab",
        "main": "worker.js",
        "compatibility_date": "2026-10-01",
        "r2_buckets": [
            {
                "binding": f"BUCKET_{number}",
                "bucket_name": name,
                "local_dev": {"experimental_s3_credentials": keys},
            }
            for number, name in enumerate(BUCKETS)
        ],
    }


SERVER = Server(
    name="r2_local",
    lineage="Cloudflare's local R2 (wrangler)",
    version="4.164.0",
    packages=(NodePackage("wrangler@4.164.0"),),
    launch=launch,
)
