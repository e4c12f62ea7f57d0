"""A PutObject that was cut is sent again where that cannot add a version."""

from __future__ import annotations

import pytest

from conformance.s3.client import Client, Cut
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.serve.http import Answer, Request
from tests.probes.fakes import serving


class CutOnce:
    """Serves everything, but cuts the connection over the first request for a key."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, request: Request) -> Answer:
        self.asked += request.path.count("/") > 1
        if self.asked == 1:
            self.asked += 1
            raise ConnectionResetError
        return Answer(status=200, headers=(("ETag", '"e"'),))


@pytest.mark.parametrize(
    ("shared", "headers", "again"),
    [(True, {}, True), (True, {"If-None-Match": "*"}, False), (False, {}, False)],
    ids=["shared bucket", "on a condition", "leased bucket"],
)
def test_send_when_a_put_is_cut_repeats_it_where_no_version_can_be_added(
    shared: bool, headers: dict[str, str], again: bool
) -> None:
    with serving(CutOnce()) as endpoint:
        sandbox = Sandbox(Client(endpoint, Redactor()))
        bucket = sandbox.bucket() if shared else sandbox.lease("versioning")[0]
        put = Call(operation="PutObject", bucket=bucket, key="k", headers=headers)
        try:
            if again:
                assert sandbox.send(put, role=Role.SETUP, record=None).ok
            else:
                with pytest.raises(Cut):
                    sandbox.send(put, role=Role.SETUP, record=None)
        finally:
            sandbox.ledger.close(keep=False)
