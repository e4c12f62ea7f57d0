"""obstore: the Rust crate object_store, from a wheel."""

from lab.client import SCENARIOS, Client, Command, Endpoint
from lab.packages import PythonPackages
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:  # noqa: ARG001 - its program is told
    """Its program passes endpoint, keys and region to the store."""
    return Command(argv=(site.program("python"), SCENARIOS / "play_obstore.py"))


CLIENT = Client(
    name="obstore",
    label="obstore (object_store, in Rust)",
    version="0.12.1",
    packages=(PythonPackages(("obstore==0.12.1",)),),
    launch=launch,
    settings="path style; any certificate; two retries",
)
