"""The one line in a training loop: `tracker.log(loss=loss)`.

    from tensorboard_candles import Tracker

    with Tracker(project="my-cnn", config={"lr": 0.1}) as tracker:
        for epoch in tracker.epochs(10):
            for images, labels in tracker.batches(loader):
                tracker.log(loss=train_on(images, labels))

writes `runs/my-cnn/<date>_<time>_<two words>/events.out.tfevents.…`, which any TensorBoard shows
(`tensorboard --logdir runs`).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, TypeVar, cast, overload

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles import metadata
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.control import Control
from tensorboard_candles.writer.destination import RunDir
from tensorboard_candles.writer.devices import OnDevice
from tensorboard_candles.writer.ending import Ending, at_end_of
from tensorboard_candles.writer.environment import settings
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.gathering import CANDLE_STEPS, Detail, gatherer_of
from tensorboard_candles.writer.in_depth import InDepth, check_tag
from tensorboard_candles.writer.layout import LaterEvent, layout_of
from tensorboard_candles.writer.log_handler import TextHandler
from tensorboard_candles.writer.naming import check_name, log_directory, make_run_dir, readable_name
from tensorboard_candles.writer.outputs import outputs_of, table
from tensorboard_candles.writer.pictures import pixels, several_pixels
from tensorboard_candles.writer.ranks import agreed, this_rank
from tensorboard_candles.writer.resuming import LeftOff, left_off
from tensorboard_candles.writer.silent_file import SilentFile
from tensorboard_candles.writer.values import Scalar, as_int64, check_named, merged, take
from tensorboard_candles.writer.watching import watch

if TYPE_CHECKING:
    from tensorboard_candles.indicators.alerts import Alert, Detector
    from tensorboard_candles.integrations.torch import Watch

_OnAlert = TypeVar("_OnAlert", bound="Callable[[Alert], object]")
Polarity = Literal["lower_is_better", "higher_is_better"]

_IS_FLOAT = frozenset({float})


class Tracker(InDepth):
    """One training run, logged to `<logdir>/<project>/<run>` as standard TensorBoard scalars.

    >>> import tempfile
    >>> tracker = Tracker(project="my-cnn", logdir=tempfile.mkdtemp(), run="first")
    >>> tracker.log(loss=0.3)                                  # step 0
    >>> tracker.log({"train/loss": 0.2, "lr": 1e-3}, acc=0.9)  # step 1
    >>> tracker.log(loss=0.1, step=100)                        # step 100; the next is 101
    >>> tracker.close()
    >>> tracker.run
    'first'

    Args:
        project: directory below `logdir`; slashes make directories further down.
        logdir: what `tensorboard --logdir` is pointed at, by default `runs`; a URL such as `s3://bucket/runs`
            works as well.
        run: directory below the project; by default a readable name that no other process has, such as
            `2026-11-21_14-03-07_brave-otter`. A run that exists already gets one more event file. Its
            steps begin at 0 again, which readers take as a restart from there: see `resume`.
        config: hyperparameters for TensorBoard's HParams tab; nested mappings are flattened by dots, and
            what is no boolean, number or string is written as `str` of it.
        resume: go on in the run named by `run`: steps and epochs follow the last ones that were logged. The
            first `log` says at its step that the run begins again there, so that readers drop what was
            logged from that step on: pass the checkpoint's `step=` to it.
        rank_zero_only: of several processes of one training, all but rank 0 log nothing. By default each
            has an event file of its own in the same run.
        detail: `"candles"` writes rows of open, high, low, close, mean, count and so on instead of every
            point: for runs of 10^8 steps and thousands of tags. This plugin shows them as it shows points,
            with every extreme; TensorBoard's other tabs show nothing of them. See docs/detail.md.
        candle_steps: how many steps such a candle holds, from a multiple of it on; it ends where an epoch
            does, too. None for candles that end there alone. Only with `detail="candles"`.
        control: obey the dashboard: small files in `candles-control` beside the event files tell it how the
            training is, and bring what it asks for. See `declare`, `on_checkpoint` and docs/control.md.
        stats: log what the process takes as `system/cpu_percent`, `system/memory_gigabytes` and, of NVIDIA's
            GPUs, `system/gpu0/utilization_percent` and `system/gpu0/memory_gigabytes`, every two seconds. For
            GPUs install `tensorboard_candles[stats]`.
        storage_options: for the file system of a `logdir` that is a URL, as fsspec takes them.

    Whoever starts the training may set CANDLES_LOGDIR, CANDLES_RUN and CANDLES_RESUME=1, which count where
    the call says nothing; the run is that of the first Tracker that the process makes.

    Values are kept as float32, as every SummaryWriter keeps them; NaN and infinity are written as they are.
    What lies on a device (a loss on a GPU) is not waited for: a copy on the device is read in the background.
    Logging is safe from several threads and from signal handlers. A forked child that logs writes a file
    of its own in the same run. What is buffered is written at exit and before SIGTERM ends the process,
    unless the program handles that signal itself.

    In a bucket what was logged arrives within ten seconds, and within a minute when the run is ten minutes
    old; it lies on this machine's disk until then. Neither a slow network nor a storage that is down holds
    up or breaks the training. `run_dir` is a Path; of a URL, something whose `str` is the run's URL.

    With several ranks (`torch.distributed`, or RANK and WORLD_SIZE as torchrun sets them) either pass `run=`,
    or make the Tracker on every rank after `init_process_group()`: it asks rank 0 for the run's name then.
    Raises WriterError when the names can't be used or the directory can't be made.
    """

    def __init__(
        self,
        project: str,
        *,
        logdir: str | os.PathLike[str] | None = None,
        run: str | None = None,
        config: Mapping[str, object] | None = None,
        resume: bool | None = None,
        rank_zero_only: bool = False,
        detail: Detail = "points",
        candle_steps: SupportsIndex | None = CANDLE_STEPS,
        control: bool = True,
        stats: bool = False,
        storage_options: Mapping[str, Any] | None = None,
    ) -> None:
        self.project = project
        given = settings(logdir, run, resume)
        logdir, run, resume = given.logdir, given.run, given.resume
        gatherer = gatherer_of(detail, candle_steps)
        about = summaries.hyperparameters(config) if config else None
        if resume and run is None:
            raise WriterError("resume=True needs run=, the name of the run to go on with")
        rank = this_rank()
        if rank.count > 1 and run is None and not rank_zero_only:
            run = agreed(readable_name(time.time()), rank)
        self._file: EventFile | SilentFile
        run_dir: RunDir
        if rank_zero_only and rank.number > 0:
            parent = log_directory(logdir, storage_options) / check_name("project", project)
            run_dir = parent / check_name("run", run or "-")
            self._file, begin = SilentFile(), LeftOff()
        else:
            run_dir = make_run_dir(log_directory(logdir, storage_options), project, run)
            begin = left_off(run_dir, rank.suffix) if resume else LeftOff()
            self._file = EventFile(run_dir, rank.suffix, next_step=begin.step, gatherer=gatherer)
        # of a URL it is none; but whoever logs to local directories shall not have to tell the two apart
        self.run_dir = cast(Path, run_dir)
        self.run: str = run if run is not None else self.run_dir.name
        self._polarities: dict[str, Polarity] = {}
        super().__init__(self._file, begin.epoch, Control())
        self._ending = Ending(self._file, self._control)
        # at exit, or when the tracker is dropped without close()
        self._close = at_end_of(self, self._ending)
        if control:
            self._begin_control(run_dir, rank, self._ending)
        if stats and rank.number == 0:
            self._ending.measure()
        self._has_config = about is not None
        if about is not None:
            self._put(Event(summary=about), step=0)
        if resume and rank.number == 0:  # one rank says it for all; and of the time before any of them logs
            self._file.mark("start", summaries.session_start(time.time()))

    def log(
        self,
        metrics: Mapping[str, Scalar] | None = None,
        /,
        *,
        step: SupportsIndex | None = None,
        **more: Scalar,
    ) -> None:
        """Log one step's metrics, by name or as a mapping (for names such as `train/loss`).

        A value is a Python or numpy number, or an array or tensor of one element. Without `step` the steps
        count the calls: 0, 1, 2, …; after an explicit step they go on after it.

        Raises NotAScalar (a TypeError) for any other value and WriterError for a bad step or name, or
        after close(); nothing of that call is written then.
        """
        try:
            named = more if metrics is None else merged(metrics, more)
            layout, given = layout_of(tuple(named)), named.values()
        except (TypeError, AttributeError, WriterError):
            check_named(metrics)
            raise
        if step is not None:
            step = as_int64("step", step)
        if _IS_FLOAT.issuperset(map(type, given)):
            self._file.log(layout, given, step)
        else:
            values = [take(tag, value) for tag, value in named.items()]
            on_device = [type(value) for value in values].count(OnDevice)
            self._file.log(layout, values, step, on_device)

    def log_config(self, config: Mapping[str, object]) -> None:
        """Hyperparameters that are known only after the Tracker was made; else as `config=` takes them.

        The first ones stand, as TensorBoard reads no others of a run: a later call writes nothing.
        """
        about = summaries.hyperparameters(config)
        if not self._has_config:
            self._has_config = True
            self._put(Event(summary=about), step=0)

    def text(self, tag: str, text: str, *, step: SupportsIndex | None = None) -> None:
        """Markdown for TensorBoard's Text tab, by default at the step that was logged last."""
        check_tag(tag)
        if not isinstance(text, str) or not summaries.is_unicode(text):
            raise WriterError(f"text must be a string of Unicode, got {text!r:.80}")
        self._put(summaries.text(tag, text), step)

    def image(self, tag: str, image: Any, *, step: SupportsIndex | None = None) -> None:
        """A picture for TensorBoard's Images tab, by default at the step that was logged last.

        `image` is an array of height × width or height × width × 1, 3 or 4 channels: uint8, or floats of 0
        to 1 (what is somewhat beyond is cut off). It is copied, and encoded in the background. Needs Pillow
        (`tensorboard_candles[image]`).
        """
        check_tag(tag)
        picture = pixels(tag, image)
        self._put_later(LaterEvent(picture.nbytes, lambda: summaries.image(tag, picture)), step)

    def output(
        self,
        tag: str,
        *,
        predictions: Any,
        labels: Any,
        images: Any = None,
        classes: Sequence[object] | None = None,
        rows: int = 64,
        step: SupportsIndex | None = None,
    ) -> None:
        """What the model predicts beside what it should have, by default at the step that was logged last.

        tracker.output("val", predictions=logits, labels=labels, images=images, classes=["cat", "dog"])

        shows a table in the Text tab (`val/predictions`), the pictures of its rows in the Images tab
        (`val/images`), and keeps the arrays for this package's own tab (`val/outputs`). The first `rows`
        rows are kept; how many were right, and which class was taken for which, is counted over all.

        `predictions` are numbers or names of classes, a column of scores for each class (the highest
        counts), or floats of the labels' shape, which are compared by how far they are off. So of one logit
        a row pass `logits > 0`, and of one probability `probabilities > 0.5`. `labels` beside scores are
        classes from 0 as integers, names, or one-hot. `images`, of all rows or of those kept, are as
        in `image`, with the channels first or last; they need Pillow. Arrays, tensors and lists are taken;
        what is on a device is waited for, so call this now and then and not for each batch. Raises
        WriterError when they don't fit together.
        """
        check_tag(tag)
        found = outputs_of(predictions, labels, classes=classes, rows=rows)
        pictures = [] if images is None else several_pixels(tag, images, len(found.label), found.total)
        shown, content = table(found), found.to_bytes()
        size = len(shown) + len(content) + sum(picture.nbytes for picture in pictures)
        self._put_later(LaterEvent(size, lambda: summaries.outputs(tag, shown, content, pictures)), step)

    @cached_property
    def logger(self) -> logging.Handler:
        """A handler for `logging`: what is said goes to the Text tab, under `logs/info`, `logs/warning`, …

        logging.getLogger("my_training").addHandler(tracker.logger)
        """
        return TextHandler(self._say)

    def describe(
        self,
        *tags: str,
        polarity: Polarity | None = None,
        unit: str | None = None,
        volume: str | None = None,
    ) -> None:
        """Say of tags which direction is better, what they are measured in and which tag is their volume.

        tracker.describe("loss", "val/loss", polarity="lower_is_better", unit="nats", volume="grad_norm")
        """
        said = {"polarity": polarity, "unit": unit, "volume": volume}
        about = {key: value for key, value in said.items() if value is not None}
        if not tags or not about:
            raise WriterError(
                'describe() takes tags and what to say of them: describe("loss", unit="nats");'
                f" got tags {tags} and {about}"
            )
        if polarity is not None and polarity not in metadata.POLARITIES:
            raise WriterError(f"polarity must be one of {metadata.POLARITIES}, got {polarity!r}")
        for text in (*tags, *about.values()):
            check_tag(text)
        if polarity is not None:
            self._polarities |= dict.fromkeys(tags, polarity)
        self._put(summaries.tags(dict.fromkeys(tags, about)))

    @overload
    def on_alert(
        self, callback: _OnAlert, /, *kinds: str | Detector, tags: Collection[str] | None = None
    ) -> _OnAlert: ...

    @overload
    def on_alert(
        self, *kinds: str | Detector, tags: Collection[str] | None = None
    ) -> Callable[[_OnAlert], _OnAlert]: ...

    def on_alert(self, *what: Any, tags: Collection[str] | None = None) -> Any:
        """Be called when the training goes wrong, with what, where and since when.

        @tracker.on_alert("divergence", "non-finite")
        def stop(alert):
            print(alert.message)        # train/loss rose to 9.1 and stays there since step 700; the best …
            give_up.set()               # a threading.Event that the training loop looks at

        tracker.on_alert(tell_slack, "spike", tags=["train/loss"])

        Kinds are `spike`, `divergence`, `trend-reversal`, `overfitting-gap`, `plateau`, `non-finite`,
        `gradient-explosion`, `gradient-vanishing`, `lr-cliff` (all of these, where none is named), the
        published rules `olmo-skip-step`, `zclip`, `llm-foundry` and `megatron`, or detectors with settings
        (`tensorboard_candles.indicators.alerts.Spike(z=12)`). They watch losses, scores, gradient norms and
        learning rates, known by their names or by `describe`, and pairs of them (`val/loss`, `train/loss`);
        NaN and infinity in all tags; and just `tags` where those are given.

        The callback runs in a thread of its own, about a second after the log. A spike is known when it is
        over, within 24 points. What is still away then is one only if it has a sharp peak: four times as
        high as all that comes 12 to 24 points after its first; else it is a new level, or a divergence.

        The callback may log, close the tracker, take its time and raise: that is said once, and training
        goes on. It is called once for each event, and for what is logged before `close()`, which waits up
        to ten seconds for that. Each rank is told of what it logs. Returns the callback, or with kinds alone
        what to decorate it with. Raises WriterError for a kind that there is not.
        """
        from tensorboard_candles.writer.alerting import Alerting

        if self._ending.alerting is None:
            self._ending.alerting = Alerting(self.run, self._polarities)
            self._file.listen(self._ending.alerting.listen)
        return self._ending.alerting.subscription(what, tags)

    def watch(self, model: Any, *, tag: str = "grad_norm", layers: bool = False) -> Watch:
        """Log the norm of a PyTorch model's gradients, the volume of its candles.

        tracker.watch(model)
        for images, labels in tracker.batches(loader):
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()  # measured here
            tracker.log(loss=loss)  # and logged here, at the same step

        It is the L2 norm over all parameters of the model that have a gradient, taken when an optimizer of
        `torch.optim` is about to apply them: after all of accumulation, `all_reduce` and GradScaler. With
        `layers=True` there is also one for each layer, `grad_norm/conv1`. What is measured goes into the
        next `log`; without gradients nothing does. Parameters sharded over processes (FSDP) are measured
        in each process, as far as they are there.

        Clipping comes before the optimizer and hides what it cut off. To see that, measure before it, by
        the `measure()` of what is returned; its `close()` ends the watch.

        Raises WriterError when it is no PyTorch model.
        """
        check_tag(tag)
        return watch(model, self._file, tag=tag, layers=layers)

    def flush(self) -> None:
        """Write out what is buffered now and wait for that (it is written every second anyway)."""
        self._file.flush()

    def close(self) -> None:
        """Write out everything and close the file; a second call does nothing. Done at exit as well."""
        self._end(None)

    def _end(self, error: BaseException | None) -> None:
        self._ending.close(error)
        self._close.detach()  # not before: close() that Ctrl-C broke off is done again at exit

    def __enter__(self) -> Tracker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(error)

    def __repr__(self) -> str:
        return f"Tracker(project={self.project!r}, run={self.run!r}, run_dir={str(self.run_dir)!r})"

    def _say(self, tag: str, text: str) -> None:
        if not self._file.is_closed:
            self._put(summaries.text(tag, text))
