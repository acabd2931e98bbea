"""Landscapes over Ray's workers, on one machine: the same losses, also where workers die."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integrations.scripts import run

BEGIN = """
import json, os, signal, sys, threading
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # it listens to this machine alone
from pathlib import Path
import numpy as np, ray
from tensorboard_candles import landscape
from tensorboard_candles.errors import Cancelled
from tensorboard_candles.integrations.landscape.over_ray import RayExecutor
from tests.analysis.landscape.bowl import Bowl, hessian_of

where = Path(sys.argv[1])
started = {"num_cpus": 2, "object_store_memory": 80_000_000, "include_dashboard": False}
quiet = {"progress": False, "eigenvalues": 0, "points": 9}

class Network(Bowl):
    \"\"\"Notes who computes; the first process to come along dies, if it shall.\"\"\"
    dies = fails = False
    def formula(self, weights):
        note = where / f"pid {os.getpid()}"
        if os.getpid() != driver:
            is_first = self.dies and not list(where.glob("pid *"))
            note.touch()
            if is_first:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.fails:
                raise ArithmeticError("no loss today")
        return super().formula(weights)

driver = os.getpid()
def network(**told):
    made = Network(hessian_of(np.arange(1.0, 9)), np.arange(8.0))
    for name, value in told.items():
        setattr(made, name, value)
    return made

def workers():
    found = len(list(where.glob("pid *")))
    for note in where.glob("pid *"):
        note.unlink()
    return found

local = landscape(network(), cache=False, **quiet).loss
over_ray = RayExecutor(init=started)
"""

SAME = """
found = landscape(network(), cache=False, executor=over_ray, **quiet).loss
told = {"same": bool((found == local).all()), "workers": workers(), "stopped": not ray.is_initialized()}

ray.init(**started, log_to_driver=False)
found = landscape(network(dies=True), cache=False, executor="ray", **quiet).loss
told |= {"same after a death": bool((found == local).all()), "with the dead": workers()}

counts = []
def until(done, total, what=""):
    counts.append(done)
    if 20 < done < total:
        raise Cancelled("enough")
try:
    landscape(network(), cache=where / "c", executor="ray", **{**quiet, "progress": until})
except Cancelled:
    told["cancelled"] = True
counts.clear()
found = landscape(network(), cache=where / "c", executor="ray",
                  **{**quiet, "progress": lambda done, total, what="": counts.append(done)}).loss
told |= {"same after a cancel": bool((found == local).all()), "began at": counts[0]}

try:
    landscape(network(fails=True), cache=False, executor=RayExecutor(workers=1), **quiet)
except ArithmeticError as error:
    told["failed"] = "no loss today" in str(error)
told["left running"] = ray.is_initialized()
ray.shutdown()
print(json.dumps(told))
"""


def test_workers_compute_what_one_process_does(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    told = run(BEGIN + SAME, tmp_path)
    assert told["same"]
    assert told["workers"] == 2
    assert told["stopped"], "what it started it stops"
    assert told["same after a death"]
    assert told["with the dead"] == 3
    assert told["cancelled"]
    assert told["same after a cancel"]
    assert told["began at"] > 20, "what was computed before the cancel is not computed again"
    assert told["failed"], "an error of the loss is the caller's to see"
    assert told["left running"], "what others started is theirs"
