"""Processes that log and are killed at a random moment: what their files must hold then."""

from __future__ import annotations

import json
from pathlib import Path

from tests.writer.reading import event_files, raw_events, whole_records
from tests.writer.scripts import run_script

# Forked from one process, because that takes milliseconds and Python's start takes half a second.
_KILL = """
import json, struct
random.seed(seed)
flushed = []
for trial in range(trials):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        random.seed(trial)
        tracker = Tracker("p", logdir=logdir, run=f"r{trial}")
        names = [f"m{number}" for number in range(random.choice([1, 3, 40]))]
        pause_secs = random.choice([0, 1e-4, 1e-3])
        flush_every = random.choice([20, 1000])
        for step in range(50_000):
            tracker.log(dict.fromkeys(names, step))
            if step % flush_every == 0:
                tracker.flush()
                os.write(writer, struct.pack("<q", step))
            if pause_secs:
                time.sleep(random.uniform(0, pause_secs))
        time.sleep(60)
    os.close(writer)
    said = b""
    while trial % 8 == 0 and len(said) < 16:  # some live to flush twice, however slow this machine is
        part = os.read(reader, 1 << 16)
        assert part
        said += part
    time.sleep(random.uniform(0.005, longest_secs))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(reader, 1 << 16):
        said += part
    os.close(reader)
    flushed.append(struct.unpack("<q", said[-8:])[0] if said else -1)
print(json.dumps(flushed))
"""


def check_killed(logdir: Path, *, trials: int, longest_secs: float, seed: int) -> None:
    """Kill so many processes; each file reads to its last flush, and nothing in it is wrong."""
    script = f"trials, longest_secs, seed = {trials}, {longest_secs}, {seed}\n{_KILL}"
    flushed = json.loads(run_script(script, logdir, within_secs=300 + 2 * trials * longest_secs).stdout)
    assert len(flushed) == trials
    assert max(flushed) > 0
    for trial, last_flushed in enumerate(flushed):
        run_dir = logdir / "p" / f"r{trial}"
        for path in event_files(run_dir):  # none, where it was killed before it made one
            events = list(raw_events(run_dir))  # a wrong checksum raises
            assert len(events) == whole_records(path, torn_tail=True)
            steps = [event.step for event in events[1:]]
            assert steps == list(range(len(steps)))
            assert len(steps) > last_flushed
            assert all(value.simple_value == event.step for event in events for value in event.summary.value)
