"""moto's server: the emulator of AWS that the suite also embeds, here as a server of its own."""

from lab.packages import PythonPackages
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

ANYBODY = Credentials(access_key="labmain", secret_key="lab-main-secret")
"""moto verifies no signature and knows one account."""

ACCOUNT = "123456789012"
KMS_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/5ca1ab1e-0000-4000-8000-000000000001"
"""Any will do: it is not looked up."""


def launch(site: Site) -> Running:
    """Start moto's server."""
    site.spawn([site.program("moto_server"), "-H", HOST, "-p", str(site.port)])
    return Running(url=site.url, credentials=ANYBODY, account_id=ACCOUNT, kms_key_id=KMS_KEY)


SERVER = Server(
    name="moto_server",
    lineage="moto, an emulator of AWS",
    version="5.2.5",
    packages=(PythonPackages(("moto[server]==5.2.5",)),),
    launch=launch,
)
