"""PyTorch's SummaryWriter with this package's files behind it.

    from tensorboard_candles import CandleWriter as SummaryWriter

is all that a script has to change. How pictures, histograms, graphs and the rest are made is torch's own
code; what is ours is the way from there to the disk, and the scalars.
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Mapping
from typing import Any, SupportsFloat, SupportsInt

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles.errors import WriterError
from tensorboard_candles.integrations import missing
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.destination import RunDir
from tensorboard_candles.writer.devices import OnDevice
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.layout import LaterEvent, layout_of
from tensorboard_candles.writer.naming import log_directory
from tensorboard_candles.writer.values import Scalar, as_float, as_int64, take

try:
    from torch.utils.tensorboard import FileWriter, SummaryWriter
    from torch.utils.tensorboard.summary import hparams
except ImportError as error:
    raise missing("torch") from error


class CandleWriter(SummaryWriter):  # type: ignore[misc]  # torch is not there where types are checked
    """Takes the place of `torch.utils.tensorboard.SummaryWriter`: same names, arguments and files.

        with CandleWriter("runs/first") as writer:
            for step, loss in enumerate(losses):
                writer.add_scalar("loss", loss, step)

    Args: those of SummaryWriter. `max_queue` and `flush_secs` are taken and have no effect: what is logged is
    written within a second, or as soon as it comes to 64 KiB.

    What TensorBoard reads is the same. These things differ:

    - A scalar that lies on a device is not waited for: it is read in the background.
    - A disk that is full or gone never raises in `add_…`, `flush` or `close`: it is said in a warning and
      tried again, as the Tracker does. Only a file that can't be made at all raises WriterError.
    - What is no real number raises NotAScalar (a TypeError) that names the tag, where SummaryWriter raises
      NotImplementedError or AssertionError, or logs the real part of a complex number.
    - A finite value beyond ±3.4e38 is kept (as a float64) where SummaryWriter writes infinity; a bfloat16 is
      kept as it is where SummaryWriter takes it through float16.
    - A forked child writes a file of its own; what is buffered is written at exit and at SIGTERM.
    - `log_dir` may be a URL as for the Tracker. A tag must be a string and not empty.
    """

    file_writer: _FileWriter | None
    all_writers: dict[str, _FileWriter] | None
    purge_step: SupportsInt | None

    def add_scalar(  # noqa: PLR0917, the arguments are torch's
        self,
        tag: str,
        scalar_value: Scalar | str,
        global_step: SupportsInt | None = None,
        walltime: SupportsFloat | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """One value; `new_style` and `double_precision` as torch's, which read a device's value at once."""
        if new_style:
            number = scalar_value if isinstance(scalar_value, str) else as_float(tag, scalar_value)
            super().add_scalar(tag, number, global_step, walltime, True, double_precision)
        else:
            self._get_file_writer().add_scalar(tag, scalar_value, global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Scalar | str],
        global_step: SupportsInt | None = None,
        walltime: SupportsFloat | None = None,
    ) -> None:
        """Values to be compared: each key has a run of its own below this one, all under one tag."""
        now = time.time() if walltime is None else walltime
        parent = self._get_file_writer().get_logdir()
        for key, value in tag_scalar_dict.items():
            run = f"{parent}/{main_tag.replace('/', '_')}_{key}"
            writers = self.all_writers
            assert writers is not None  # made by _get_file_writer
            if run not in writers:
                writers[run] = _FileWriter(run, self.filename_suffix)
            writers[run].add_scalar(main_tag, value, global_step, now)

    def add_hparams(
        self,
        hparam_dict: dict[str, Any],
        metric_dict: dict[str, Any],
        hparam_domain_discrete: dict[str, list[Any]] | None = None,
        run_name: str | None = None,
        global_step: SupportsInt | None = None,
    ) -> None:
        """A run below this one that holds these hyperparameters and the metrics that came of them."""
        if type(hparam_dict) is not dict or type(metric_dict) is not dict:
            raise TypeError("hparam_dict and metric_dict must be dictionaries")
        about = hparams(hparam_dict, metric_dict, hparam_domain_discrete)
        run = os.path.join(self._get_file_writer().get_logdir(), run_name or str(time.time()))
        with CandleWriter(run) as writer:
            for summary in about:
                writer._get_file_writer().add_summary(summary, global_step)
            for tag, value in metric_dict.items():
                writer.add_scalar(tag, value, global_step)

    def _get_file_writer(self) -> _FileWriter:
        # called by all of torch's methods; after close() it makes a new file
        if self.all_writers is None or self.file_writer is None:
            self.file_writer = _FileWriter(self.log_dir, self.filename_suffix)
            self.all_writers = {self.file_writer.get_logdir(): self.file_writer}
            if self.purge_step is not None:
                start = summaries.session_start(time.time())
                self.file_writer.add_event(start, self.purge_step)
                self.purge_step = None
        return self.file_writer


class _FileWriter(FileWriter):  # type: ignore[misc]
    """Torch's, which makes events of summaries and graphs, in front of our file."""

    def __init__(self, log_dir: str | os.PathLike[str], suffix: str) -> None:
        self.event_writer = _EventWriter(str(log_dir), suffix)
        self._file = self.event_writer.file

    def add_scalar(
        self, tag: str, value: Scalar | str, step: SupportsInt | None, walltime: SupportsFloat | None
    ) -> None:
        number = value if type(value) is float else _taken(tag, value)
        at = 0 if step is None else step if type(step) is int and -(2**63) <= step < 2**63 else _int64(step)
        when = None if walltime is None else float(walltime)
        self._file.log(layout_of((tag,)), (number,), at, type(number) is OnDevice, when)


class _EventWriter:
    """What torch's FileWriter asks of TensorBoard's EventFileWriter, by an EventFile."""

    def __init__(self, logdir: str, suffix: str) -> None:
        self._logdir = logdir
        # torch takes `~` for a name
        directory = log_directory(logdir if "://" in logdir else os.path.abspath(logdir))
        self.file = EventFile(_made(directory), suffix)
        # at exit, or when the writer is dropped without close()
        self._close = weakref.finalize(self, self.file.close)

    def get_logdir(self) -> str:
        return self._logdir

    def add_event(self, event: Event) -> None:
        self.file.put(LaterEvent(event.ByteSize(), lambda: event, event.wall_time), event.step)

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        self.file.close()
        self._close.detach()


def _made(directory: RunDir) -> RunDir:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriterError(f"can't make the directory {str(directory)!r}: {error}") from error
    return directory


def _taken(tag: str, value: Scalar | str) -> float | OnDevice:
    if not isinstance(value, str):
        return take(tag, value)
    try:
        return float(value)  # as torch reads a number from text
    except ValueError as error:
        raise ValueError(f"{tag!r} must be one real number: {error}") from None


def _int64(step: SupportsInt) -> int:
    return as_int64("global_step", int(step))
