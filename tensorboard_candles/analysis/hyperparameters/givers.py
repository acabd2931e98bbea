"""Whose arguments a run has, where it was not given any itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from tensorboard_candles.events.arguments import HPARAMS_PLUGIN
from tensorboard_candles.store import RunView


class Family:
    """Runs of a log by their directories.

    A *note* is a run that only says what the one above it was started with, and what came of that: torch's
    `SummaryWriter.add_hparams` makes one at each call, named by the time. It is known by its form: arguments
    of the HParams plugin, at most one point under each tag and nothing else, directly below a run that holds
    series, and that was not given any arguments, nor was any above it. Where such runs contradict each other
    they are trainings of their own, and none is a note.

    `every_run` is only called where a run has no arguments of its own or from above.
    """

    def __init__(
        self, run_named: Callable[[str], RunView | None], every_run: Callable[[], Iterable[RunView]]
    ) -> None:
        self._run_named = run_named
        self._every_run = every_run
        self._notes: dict[str, Mapping[str, RunView]] = {}

    def givers(self, views: Sequence[RunView]) -> list[tuple[RunView, RunView]]:
        """Each run with that whose arguments it has: itself, else the nearest above, else the newest note.

        That is of the run, or of the nearest above that has one. Without any it is the run itself.
        """
        return [(view, self._giver_of(view)) for view in views]

    def trials(self, views: Sequence[RunView], tag: str) -> list[tuple[RunView, RunView]]:
        """As `givers`, but a run and its notes are one: that which has the tag, the run before the newest."""
        trials: dict[str, list[RunView]] = defaultdict(list)
        for view in views:
            trials[(self._noted_by(view) or view).name].append(view)
        return self.givers([_holding(tag, name, views) for name, views in trials.items()])

    def _giver_of(self, view: RunView) -> RunView:
        line = [view, *self._above(view)]
        given = next((one for one in line if one.arguments), None)
        return given or next((note for one in line for note in self._notes_of(one).values()), view)

    def _noted_by(self, view: RunView) -> RunView | None:
        """The run above of which this is a note."""
        above = next(self._above(view), None) if _has_the_form_of_a_note(view) else None
        return above if above is not None and view.name in self._notes_of(above) else None

    def _notes_of(self, view: RunView) -> Mapping[str, RunView]:
        """By name, the newest first."""
        if view.name not in self._notes:
            may_have = view.series and not any(one.arguments for one in (view, *self._above(view)))
            notes = self._below.get(view.name, []) if may_have else []
            newest_first = sorted(notes if _agree(notes) else [], key=_time, reverse=True)
            self._notes[view.name] = {one.name: one for one in newest_first}
        return self._notes[view.name]

    @cached_property
    def _below(self) -> dict[str, list[RunView]]:
        """Runs that may be notes, by the name of the directory that they lie in."""
        below: dict[str, list[RunView]] = defaultdict(list)
        for view in self._every_run():
            if view.name != "." and _has_the_form_of_a_note(view):
                below[str(PurePosixPath(view.name).parent)].append(view)
        return below

    def _above(self, view: RunView) -> Iterator[RunView]:
        """Runs in whose directories a run lies, the nearest first."""
        names = map(str, PurePosixPath(view.name).parents)
        return (one for one in map(self._run_named, names) if one is not None)


def _has_the_form_of_a_note(view: RunView) -> bool:
    sources = {one.source for one in view.arguments.values()}
    is_brief = all(len(series) == 1 for series in view.series.values())
    return sources == {HPARAMS_PLUGIN} and is_brief and not view.records


def _agree(notes: Sequence[RunView]) -> bool:
    """Whether no argument has two values."""
    told = {(name, str(one.value)) for note in notes for name, one in note.arguments.items()}
    return len(told) == len({name for name, _ in told})


def _time(view: RunView) -> tuple[float, str]:
    # A comparison with NaN, of a run without points, would be of no use.
    return view.start_time if view.start_time == view.start_time else 0.0, view.name


def _holding(tag: str, name: str, views: Sequence[RunView]) -> RunView:
    """Of a run, by its name, and its notes; the run, if it is among them, where none has the tag."""
    first_choice = sorted(views, key=lambda view: (view.name == name, _time(view)), reverse=True)
    return next((view for view in first_choice if tag in view.series), first_choice[0])
