"""The server of `make serve`: clients that are slow, or send too much, keep nobody else waiting."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from python_scoring.tests.conftest import PROJECT
from python_scoring.tests.support.http_load import PATIENCE_SECONDS
from python_scoring.tests.support.ports import reserved_port
from python_scoring.tests.support.served_function import ServedFunction, running

SLOW_CLIENTS = 40
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"


@pytest.fixture(scope="module")
def local(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFunction]:
    command = [str(PROJECT / "cloud_function/serve"), str(bundle)]
    # the same, but quicker to lose its patience
    command += ["--channel-timeout=2", "--cleanup-interval=1"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    log = tmp_path_factory.mktemp("local") / "log"
    with reserved_port() as port:
        server = ServedFunction(port, log)
        with running([*command, f"--listen=127.0.0.1:{port}"], {"PATH": path}, server):
            yield server


def connected(stack: ExitStack, server: ServedFunction, sent: bytes) -> socket.socket:
    address = ("127.0.0.1", server.port)
    client = stack.enter_context(socket.create_connection(address, PATIENCE_SECONDS))
    client.sendall(sent)
    return client


@pytest.mark.parametrize("half", [HEAD, HEAD + b"\r\n" + b"{" * 500, b"PO", b""])
def test_slow_clients_keep_nobody_waiting_and_are_let_go(
    local: ServedFunction, half: bytes
) -> None:
    """Five times as many as there are threads; functions-framework's own server stands still."""
    with ExitStack() as stack:
        slow = [connected(stack, local, half) for _ in range(SLOW_CLIENTS)]
        assert local.ask("GET", "/health").status == 200
        names = local.ask("GET", "/version").body["base_feature_names"]
        lead = {"lead_id": "a", "features": dict.fromkeys(names)}
        assert local.score(lead).status == 200
        for client in slow:
            assert client.recv(1000) == b""


def test_large_headers_and_bodies_are_refused_before_they_have_come(local: ServedFunction) -> None:
    with ExitStack() as stack:
        large = HEAD.replace(b"1000", b"5000000") + b"\r\n"
        assert b" 413 " in connected(stack, local, large).recv(1000)
        long = b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000
        assert b" 431 " in connected(stack, local, long).recv(1000)


def test_it_answers_as_the_function_does(local: ServedFunction) -> None:
    refused = local.ask("POST", "/", b"{}")
    assert refused.status == 400
    assert local.ask("GET", "/favicon.ico").body == {"error": "Not Found", "fields": []}
    told = [json.loads(x) for x in local.log.read_text().splitlines() if x.startswith("{")]
    assert told[-1]["status"] == 404
