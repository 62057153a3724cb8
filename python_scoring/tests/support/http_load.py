"""Asks a served function from many clients at once, and prints how long the answers took.

By hand, against a running one:
python -m python_scoring.tests.support.http_load PORT [CLIENTS] [REQUESTS]
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier

import numpy as np

from python_scoring.arrays import Vector

JSON = {"Content-Type": "application/json"}
PATIENCE_SECONDS = 60


def latencies(port: int, lead: bytes | None, *, clients: int, requests: int) -> Vector:
    """Return milliseconds of each answer, shape (clients * requests,).

    Args:
        port: Where it listens on loopback.
        lead: What each request posts; where None, /health is asked instead.
        clients: How many ask at the same time.
        requests: Requests of each, one after another, each over a connection of its own.
    """
    together = Barrier(clients)

    def client(_: int) -> list[float]:
        took = []
        together.wait()
        for _ in range(requests):
            started = time.perf_counter()
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
            connection.request(*(("POST", "/", lead, JSON) if lead else ("GET", "/health")))
            response = connection.getresponse()
            response.read()
            connection.close()
            took.append(1000 * (time.perf_counter() - started))
            assert response.status == 200
        return took

    with ThreadPoolExecutor(clients) as pool:
        return np.array(list(pool.map(client, range(clients)))).ravel()


def main(port: int, clients: int = 200, requests: int = 25) -> None:
    """Print p50 and p99 of single leads and of /health, in turns."""
    asked = HTTPConnection("127.0.0.1", port)
    asked.request("GET", "/version")
    names = json.loads(asked.getresponse().read())["base_feature_names"]
    sent = json.dumps({"lead_id": "load", "features": dict.fromkeys(names, 1)}).encode()
    for _ in range(3):
        for name, lead in (("/health", None), ("one lead", sent)):
            started = time.perf_counter()
            took = latencies(port, lead, clients=clients, requests=requests)
            rate = len(took) / (time.perf_counter() - started)
            p50, p99 = np.quantile(took, [0.5, 0.99])
            sys.stdout.write(f"{name:<9} p50 {p50:5.0f} ms  p99 {p99:5.0f} ms  {rate:5.0f}/s\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
