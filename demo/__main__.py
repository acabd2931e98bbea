"""Train the three demo runs and watch them in TensorBoard: python -m demo [any flag of tensorboard]"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from demo.processes import Child, interrupt_on_termination, running
from demo.train import commands

EPOCHS = 40
PACE_SECS = 0.05
RUNS = Path(__file__).parent / "runs"


def main() -> int:
    """Run until TensorBoard ends or Ctrl-C (or SIGTERM) is got; returns the exit status."""
    interrupt_on_termination()
    RUNS.mkdir(exist_ok=True)
    logdir = Path(tempfile.mkdtemp(prefix=time.strftime("%Y-%m-%d_%H-%M-%S_"), dir=RUNS))
    print(f"Training three runs into {logdir}. Ctrl-C stops everything.", flush=True)
    tensorboard = [sys.executable, "-m", "tensorboard_candles.cli", str(logdir), *sys.argv[1:]]
    try:
        with running([tensorboard, *commands(logdir, epochs=EPOCHS, pace_secs=PACE_SECS)]) as children:
            return _watch(children[0], children[1:])
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
        return 0


def _watch(tensorboard: Child, trainings: list[Child]) -> int:
    """Wait for TensorBoard to end and return its status; 1 as soon as a training run fails."""
    training = True
    while tensorboard.poll() is None:
        if any(process.poll() for process in trainings):
            print("A training run failed.", file=sys.stderr)
            return 1
        if training and all(process.poll() == 0 for process in trainings):
            print("Training is done. TensorBoard stays until Ctrl-C.", flush=True)
            training = False
        time.sleep(0.2)
    return tensorboard.returncode


if __name__ == "__main__":
    sys.exit(main())
