"""Programs that use a framework, each in a process of its own: not all frameworks like one another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MINUTES = 5


def run(script: str, *arguments: object, backend: str = "jax") -> Any:
    """What the last line of the script's output says, as JSON; `backend` is that of Keras."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT, env={**os.environ, **quiet, "KERAS_BACKEND": backend}, timeout=60 * MINUTES,
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-8000:]
    return json.loads(ended.stdout.splitlines()[-1])
