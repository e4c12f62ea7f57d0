"""AWS's SDK for Java, version 2, with its transfer manager."""

from lab.client import SCENARIOS, Client, Command, Endpoint, aws_settings
from lab.packages import JDK, MavenSource
from lab.site import Site

STORE_PASSWORD = "changeit"  # noqa: S105 - see below
"""Java's own default; the store holds a certificate and no key."""


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it all by AWS's variables; the certificate comes in a trust store."""
    trust = []
    if endpoint.ca_bundle:
        store = site.work_dir / "trust.p12"
        kept = ["-keystore", str(store), "-storepass", STORE_PASSWORD, "-storetype", "PKCS12"]
        into = ["-importcert", "-noprompt", "-alias", "lab", "-file", str(endpoint.ca_bundle)]
        site.run(["keytool", *into, *kept])
        trust = [
            f"-Djavax.net.ssl.trustStore={store}",
            f"-Djavax.net.ssl.trustStorePassword={STORE_PASSWORD}",
        ]
    path = f"{site.install_dir / 'classes'}:{site.install_dir / 'lib' / '*'}"
    argv = ("java", "-XX:-UsePerfData", *trust, "-cp", path, "Play")
    return Command(argv=argv, env=aws_settings(site, endpoint))


CLIENT = Client(
    name="aws_sdk_java",
    label="AWS SDK for Java v2",
    version="2.57.8",
    packages=(JDK, MavenSource(SCENARIOS / "java")),
    launch=launch,
    settings="path style; multipart by the transfer manager",
)
