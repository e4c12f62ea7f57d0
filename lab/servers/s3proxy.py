"""S3Proxy, from its self-contained jar, over a folder."""

from lab.packages import JAVA, MavenJar
from lab.server import Credentials, Running, Server
from lab.site import Site

KEYS = Credentials(access_key="labmain", secret_key="lab-main-secret")

PROPERTIES = """\
s3proxy.authorization = aws-v4
s3proxy.identity = {keys.access_key}
s3proxy.credential = {keys.secret_key}
s3proxy.endpoint = {url}
jclouds.provider = filesystem-nio2
jclouds.filesystem.basedir = {data}
"""


def launch(site: Site) -> Running:
    """Serve an empty folder."""
    properties = PROPERTIES.format(keys=KEYS, url=site.url, data=site.folder("data"))
    jar = site.jar("s3proxy-jar-with-dependencies")
    site.spawn([*jar, "--properties", site.write("s3proxy.conf", properties)])
    return Running(url=site.url, credentials=KEYS)


SERVER = Server(
    name="s3proxy",
    lineage="S3Proxy over a folder",
    version="3.1.0",
    packages=(
        JAVA,
        MavenJar("org.gaul:s3proxy:3.1.0:jar:jar-with-dependencies"),
    ),
    launch=launch,
)
