"""A Ray cluster of one machine that takes jobs; it listens to this machine alone, and asks for a token."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.support.ports import HERE, free_ports
from tests.support.server import eventually


@contextmanager
def ray_head(cpus: int = 2) -> Iterator[str]:
    """The address that takes jobs, from whoever has the RAY_AUTH_TOKEN of the environment.

    What it has started ends with it, and no other Ray.
    """
    # the paths of its sockets must be short
    directory = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))
    port, dashboard, agent, http_agent, metrics = free_ports(5)
    command = [
        str(Path(sys.executable).with_name("ray")), "start", "--head", "--block",
        f"--node-ip-address={HERE}", f"--port={port}", f"--dashboard-host={HERE}",
        f"--dashboard-port={dashboard}", f"--dashboard-agent-grpc-port={agent}",
        f"--dashboard-agent-listen-port={http_agent}", f"--metrics-export-port={metrics}",
        f"--num-cpus={cpus}", "--object-store-memory=80000000", f"--temp-dir={directory}",
        "--disable-usage-stats", "--include-dashboard=true",
    ]  # fmt: skip
    environment = {**os.environ, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_ADDRESS": ""}
    assert environment["RAY_AUTH_MODE"] == "token"
    log = directory / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
    address = f"http://{HERE}:{dashboard}"
    started: list[psutil.Process] = []
    try:
        eventually(lambda: _answers(process, address, log), within_secs=120, what="Ray's start")
        yield address
    finally:
        with suppress(psutil.NoSuchProcess):
            started = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        for one in [*started, psutil.Process(process.pid)] if process.poll() is None else started:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def _answers(process: subprocess.Popen[bytes], address: str, log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    told = {"Authorization": f"Bearer {os.environ['RAY_AUTH_TOKEN']}"}
    asked = urllib.request.Request(f"{address}/api/jobs/", headers=told)
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return int(answer.status) == 200
    except OSError:
        return False
