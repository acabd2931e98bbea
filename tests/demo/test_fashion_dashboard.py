"""The demo's own questions to its TensorBoard."""

from __future__ import annotations

import socket
import subprocess
import sys

from demo.fashion_mnist.__main__ import _watch
from demo.fashion_mnist.dashboard import Dashboard


def test_a_tensorboard_that_does_not_answer_is_watched_until_it_ends() -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]
        tensorboard = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"])
        _watch(tensorboard, Dashboard(f"http://127.0.0.1:{port}/"))
    assert tensorboard.returncode == 0
