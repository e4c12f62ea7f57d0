"""AWS's SDK for JavaScript, version 3."""

from lab.client import SCENARIOS, Client, Command, Endpoint, aws_settings
from lab.packages import NodePackages
from lab.site import Site

REQUIREMENTS = (
    "@aws-sdk/client-s3@3.1162.0",
    "@aws-sdk/lib-storage@3.1162.0",
    "@aws-sdk/s3-request-presigner@3.1162.0",
)


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it all by AWS's variables; the certificate comes by Node's."""
    env = {
        **aws_settings(site, endpoint),
        "LAB_NODE_MODULES": str(site.install_dir / "lib" / "node_modules"),
    }
    if endpoint.ca_bundle:
        env["NODE_EXTRA_CA_CERTS"] = str(endpoint.ca_bundle)
    return Command(argv=(site.program("node"), SCENARIOS / "js" / "play_aws_sdk_js.mjs"), env=env)


CLIENT = Client(
    name="aws_sdk_js",
    label="AWS SDK for JavaScript v3",
    version="3.1162.0",
    packages=(NodePackages(REQUIREMENTS),),
    launch=launch,
    settings="path style; multipart by lib-storage",
)
