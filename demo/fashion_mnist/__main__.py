"""Two models that train at once, steered from the tab: python -m demo.fashion_mnist [any flag of tensorboard]

It does what one would do in the tab: starts the experiment `prepare`, then `train` twice.
"""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from demo.fashion_mnist import data, view
from demo.fashion_mnist.dashboard import ENDED, Dashboard, Refused
from demo.processes import Child, interrupt_on_termination, running

RUNS = Path(__file__).parents[1] / "runs"
EXPERIMENTS = Path(__file__).with_name("experiments.toml")
FIRST_PORT = 7000
EPOCHS = {data.FASHION: 10, data.DIGITS: 100}
"""Long enough to be steered: an epoch is 938 batches of Fashion-MNIST, and 23 of the digits."""
MODELS: tuple[dict[str, Any], ...] = (
    {
        "name": "wide-adam",
        "parameters": {
            "kernels1": 16, "kernels2": 32, "kernels3": 64, "kernels4": 128, "optimizer": "adam", "lr": 1e-3,
        },
    },
    {
        "name": "narrow-sgd",
        "parameters": {
            "kernels1": 8, "kernels2": 16, "kernels3": 32, "kernels4": 64, "optimizer": "sgd", "lr": 1e-2,
        },
    },
)  # fmt: skip
STARTS_WITHIN_SECS = 60.0
STOPS_WITHIN_SECS = 20.0
LOOK_EVERY_SECS = 0.2


def main() -> int:
    """Run until TensorBoard ends or Ctrl-C (or SIGTERM) is got; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo.fashion_mnist", description=__doc__)
    parser.add_argument("--data", choices=data.NAMES, default=data.FASHION, help="(default: %(default)s)")
    parser.add_argument(
        "--port", type=int, help=f"port to serve on (default: {FIRST_PORT}, or the next free one)"
    )
    given, flags = parser.parse_known_args()
    port = given.port or _free_port(FIRST_PORT)
    interrupt_on_termination()
    RUNS.mkdir(exist_ok=True)
    logdir = tempfile.mkdtemp(prefix=time.strftime("live_%Y-%m-%d_%H-%M-%S_"), dir=RUNS)
    print(f"Logging to {logdir}. Ctrl-C stops everything.", flush=True)
    steered = ["--candles_control", "--candles_experiments", str(EXPERIMENTS)]
    tensorboard = [
        sys.executable, "-m", "tensorboard_candles.cli", logdir, "--port", str(port), *steered, *flags,
    ]  # fmt: skip
    try:
        with running([tensorboard]) as children:
            return _train_and_watch(children[0], Dashboard(f"http://localhost:{port}/"), given.data)
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
        return 0


def _train_and_watch(tensorboard: Child, dashboard: Dashboard, name: str) -> int:
    """Until TensorBoard ends, whose status is returned. Whatever was started ends with it."""
    _wait_for(tensorboard, dashboard)
    try:
        if name == data.FASHION and not data.is_prepared():
            name = _prepared(tensorboard, dashboard)
        _train(dashboard, name)
        _watch(tensorboard, dashboard)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must leave no training behind
        if tensorboard.poll() is None:
            _stop_all(dashboard)
    return tensorboard.returncode


def _wait_for(tensorboard: Child, dashboard: Dashboard) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECS
    while True:
        try:
            dashboard.get("experiments")
            return
        except OSError as error:
            if tensorboard.poll() is not None:
                raise SystemExit("TensorBoard did not start; what it said stands above.") from None
            if time.monotonic() > until:
                raise SystemExit(f"TensorBoard at {dashboard.url} does not answer: {error}") from None
        time.sleep(LOOK_EVERY_SECS)


def _prepared(tensorboard: Child, dashboard: Dashboard) -> str:
    """The data set that there is, once the experiment `prepare` has ended."""
    print("Fetching Fashion-MNIST (31 MB), once; the Experiments widget shows how far it is.", flush=True)
    (instance,) = dashboard.start("prepare", {"name": "fashion-mnist"})
    while (state := dashboard.instances()[instance]["state"]) not in ENDED:
        if tensorboard.poll() is not None:
            raise SystemExit("TensorBoard has ended.")
        time.sleep(LOOK_EVERY_SECS)
    if state == "finished":
        return data.FASHION
    print(dashboard.output(instance), file=sys.stderr)
    print(
        "Fashion-MNIST could not be fetched: TRAINING ON SCIKIT-LEARN'S DIGITS INSTEAD (--data digits).",
        flush=True,
    )
    return data.DIGITS


def _train(dashboard: Dashboard, name: str) -> None:
    models = [
        {**model, "parameters": {**model["parameters"], "data": name, "epochs": EPOCHS[name]}}
        for model in MODELS
    ]
    ids = dashboard.start("train", *models)
    started = dashboard.instances()
    address = view.link(dashboard.url, [started[one]["run"] for one in ids])
    print(
        f"\nTwo models train on {name}. Watch and steer them:\n\n  {address}\n",
        flush=True,
    )


def _watch(tensorboard: Child, dashboard: Dashboard) -> None:
    told = False
    while tensorboard.poll() is None:
        try:
            ended = all(one["state"] in ENDED for one in dashboard.instances().values())
        except OSError:  # TensorBoard is busy, or ends just now: the next look tells
            ended = told
        if ended and not told:
            print("Training is done. TensorBoard stays until Ctrl-C.", flush=True)
        told = ended
        time.sleep(1.0)


def _stop_all(dashboard: Dashboard) -> None:
    """Gracefully, with a checkpoint; what does not end in time is killed."""
    try:
        left = _running(dashboard)
        if left:
            print(f"\nStopping {len(left)} training{'s' if len(left) > 1 else ''}…", flush=True)
            dashboard.stop(left)
        until = time.monotonic() + STOPS_WITHIN_SECS
        while left and time.monotonic() < until:
            time.sleep(LOOK_EVERY_SECS)
            left = _running(dashboard)
        if left:
            dashboard.post("experiments", {"action": "kill", "instances": left})
    except (OSError, Refused) as error:
        print(f"The trainings could not be stopped through the dashboard: {error}", file=sys.stderr)


def _running(dashboard: Dashboard) -> list[str]:
    return [key for key, one in dashboard.instances().items() if one["state"] not in ENDED]


def _free_port(first: int) -> int:
    for port in range(first, first + 100):
        with socket.socket() as trial:
            if trial.connect_ex(("localhost", port)) != 0:
                return port
    raise SystemExit(f"ports {first} to {first + 99} are all taken; pass --port")


if __name__ == "__main__":
    sys.exit(main())
