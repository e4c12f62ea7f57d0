"""How the suite is pointed at a server that runs: its command line and its AWS environment."""

from collections.abc import Sequence
from pathlib import Path

from lab.server import Credentials, Running, Server

ALT_PROFILE = "alt"


def command(
    server: Server, running: Running, *, matrix: str, options: Sequence[str] = ()
) -> list[str]:
    """Return pytest's arguments for holding a matrix against this server."""
    words = [matrix, "--endpoint-url", running.url, "--label", server.label]
    for bucket in running.buckets:
        words += ["--bucket", bucket]
    if running.buckets:
        words += ["--allow-bucket-config"]
    if running.alt:
        words += ["--alt-profile", ALT_PROFILE]
    if running.account_id:
        words += ["--account-id", running.account_id]
    if running.kms_key_id:
        words += ["--kms-key-id", running.kms_key_id]
    if running.destination_arn:
        words += ["--destination-arn", running.destination_arn]
    if running.ca_bundle:
        words += ["--ca-bundle", str(running.ca_bundle)]
    if server.jobs:
        words += ["--jobs", str(server.jobs)]
    return [*words, *options]


def environment(running: Running, folder: Path) -> dict[str, str]:
    """Write AWS's two files into a folder and return the variables that lead to them."""
    config, credentials = folder / "aws-config", folder / "aws-credentials"
    _write_for_us_alone(config, _config(running))
    _write_for_us_alone(credentials, _credentials(running))
    return {
        "AWS_ACCESS_KEY_ID": running.credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": running.credentials.secret_key,
        "AWS_DEFAULT_REGION": running.region,
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _write_for_us_alone(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _config(running: Running) -> str:
    settings = f"region = {running.region}\ns3 =\n    addressing_style = path\n"
    return f"[default]\n{settings}\n[profile {ALT_PROFILE}]\n{settings}"


def _credentials(running: Running) -> str:
    main = _section("default", running.credentials)
    return main + (_section(ALT_PROFILE, running.alt) if running.alt else "")


def _section(profile: str, keys: Credentials) -> str:
    return (
        f"[{profile}]\n"
        f"aws_access_key_id = {keys.access_key}\n"
        f"aws_secret_access_key = {keys.secret_key}\n"
    )
