"""restic, which writes a backup's packs by minio-go."""

import sys

from lab.client import SCENARIOS, Client, Command, Endpoint
from lab.packages import GoProgram
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it keys and region by AWS's variables, and the endpoint in the repository's name."""
    words = [site.program("restic"), "--retry-lock=0"]
    if endpoint.ca_bundle:
        words.append(f"--cacert={endpoint.ca_bundle}")
    env = {
        "AWS_ACCESS_KEY_ID": endpoint.credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.credentials.secret_key,
        "AWS_DEFAULT_REGION": endpoint.region,
        "LAB_PROGRAM": "\n".join(map(str, words)),
        "RESTIC_PASSWORD": "lab-restic",
        "RESTIC_REPOSITORY": f"s3:{endpoint.url}/{endpoint.bucket}/repository",
        "RESTIC_CACHE_DIR": str(site.folder("cache")),
    }
    return Command(argv=(sys.executable, SCENARIOS / "play_restic.py"), env=env)


CLIENT = Client(
    name="restic",
    label="restic (minio-go)",
    version="0.18.1",
    packages=(GoProgram("github.com/restic/restic/cmd/restic", "v0.18.1"),),
    launch=launch,
    takes_paths=False,
)
