"""Tables of checksums are right from the first moment on, whoever asks for them first."""

from __future__ import annotations

import subprocess
import sys

_MANY_THREADS_BEGIN_AT_ONCE = """
import sys, threading
from tensorboard_candles.events.crc import byte_table, crc32c
sys.setswitchinterval(1e-6)
failures = []
gate = threading.Barrier(8)

def look():
    gate.wait()
    try:
        table = byte_table(4095)
        data = bytes([7]) + bytes(4095)
        assert crc32c(bytes(4096)) ^ int(table[0] ^ table[7]) == crc32c(data)
    except Exception as failure:
        failures.append(failure)

threads = [threading.Thread(target=look) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit(repr(failures) if failures else 0)
"""


def test_threads_that_begin_at_once_get_whole_tables() -> None:
    for _ in range(5):
        subprocess.run([sys.executable, "-c", _MANY_THREADS_BEGIN_AT_ONCE], check=True, timeout=60)
