"""The token goes to the API's own origin and nowhere else: no log, error, traceback or repr holds it."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from mapflow_data.api.errors import MapflowError
from tests.rig.fault_server import FaultServer, Script
from tests.rig.script import answer, html, redirect

TOKEN = "bWVAZXhhbXBsZS5jb206dmVyeS1zZWNyZXQ="
SECRETS = (TOKEN, TOKEN.rstrip("="), "very-secret")
FAULTS = [
    Script(status=500),
    Script(reset_after=0),
    Script(silent=True),
    answer({"detail": f"bad header: Basic {TOKEN}"}, 400),
    answer({"detail": {"code": "X", "parameters": {"header": f"Basic {TOKEN}"}}}, 403),
    answer({"message": TOKEN}, 401),
    html(),
    redirect("http://127.0.0.1:9/"),
]


def everything_about(error: BaseException | None) -> str:
    """Text of the error, its fields, its traceback and all that it was made from."""
    text = ""
    while error is not None:
        told = traceback.format_exception(type(error), error, error.__traceback__)
        text += "".join([repr(error), str(error), str(vars(error)), *told])
        error = error.__cause__ or error.__context__
    return text


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_tells_the_token(
    fault: Script, make_client: Any, make_file: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with FaultServer(then=fault) as server:
        client = make_client(server.url, token=TOKEN, scale=0.002)
        calls = [client.mosaics.list, lambda: client.images.upload("m", make_file(1000))]
        for call in calls:
            with pytest.raises(MapflowError) as caught:
                call()
            text = everything_about(caught.value) + repr(client.connection) + repr(vars(client))
            assert not [secret for secret in SECRETS if secret in text + caplog.text]


def test_no_network_tells_no_token(make_client: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(MapflowError) as caught:
        make_client("http://127.0.0.1:9", token=TOKEN, scale=0.002).account.storage()
    assert not [secret for secret in SECRETS if secret in everything_about(caught.value) + caplog.text]
