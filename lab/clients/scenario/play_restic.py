"""The one step of the scenario that restic plays: a repository of its own in the bucket."""

import shutil

from steps import FILES, data, path, play, run, same


def backed_up(kind: str) -> None:
    """Back up a file, restore it, and compare."""
    run("backup", path(kind))
    target = FILES / "restored"
    shutil.rmtree(target, ignore_errors=True)
    run("restore", "latest", "--target", target)
    same(next(target.rglob(f"{kind}.bin")).read_bytes(), data(kind), "restored")


def repository() -> None:
    run("init")
    backed_up("multipart")
    backed_up("small")
    run("forget", "--keep-last", "1", "--group-by", "", "--prune")
    run("check", "--read-data")


play({"repository": repository})
