"""A training obeys what is put beside its run: real Trackers, real files, as the dashboard writes them."""

from __future__ import annotations

import logging
import math
import os
import threading
from pathlib import Path

import pytest

from tensorboard_candles import Parameter, Tracker
from tensorboard_candles.errors import WriterError
from tests.control.loop import Loop, stop
from tests.support.dashboard import WITHIN_SECS, Dashboard
from tests.support.server import eventually
from tests.writer.reading import raw_events


def texts(run_dir: Path) -> list[str]:
    return [
        value.tensor.string_val[0].decode()
        for event in raw_events(run_dir)
        for value in event.summary.value
        if value.tag == "logs/info"
    ]


def test_stop_ends_the_loop_after_its_batch_and_saves_a_checkpoint(tracker: Tracker) -> None:
    saved: list[int] = []

    @tracker.on_checkpoint
    def save() -> str:
        saved.append(loop.batches)
        return "model.pt"

    loop, dashboard = Loop(tracker), Dashboard(tracker.run_dir)
    dashboard.status(lambda status: status.obeys == ("stop", "pause", "resume", "checkpoint"))
    answer = dashboard.answer(dashboard.send("stop"))
    loop.join()
    assert (answer.state, answer.message, answer.step) == ("done", "model.pt", loop.batches - 1)
    assert saved == [loop.batches]
    assert tracker.should_stop is True
    status = dashboard.status()
    assert (status.state, status.obeys) == ("ended", ())
    assert status.checkpoint is not None
    assert (status.checkpoint.path, status.checkpoint.step) == ("model.pt", loop.batches - 1)
    assert texts(tracker.run_dir) == [f"control: stopped at step {loop.batches - 1} (asked by ::1)"]
    assert list(tracker.epochs(3)) == list(tracker.batches(range(3))) == []


def test_a_paused_training_waits_beats_and_still_obeys(tracker: Tracker) -> None:
    tracker.declare(lr=0.1)
    tracker.on_checkpoint(lambda: None)
    loop, dashboard = Loop(tracker), Dashboard(tracker.run_dir)
    dashboard.status(lambda status: "pause" in status.obeys)
    assert dashboard.ask("resume") == ("refused", "the training is not paused")
    assert dashboard.ask("pause") == ("done", "")
    before, status = loop.batches, dashboard.status(lambda status: status.state == "paused")
    dashboard.status(lambda later: later.beat > status.beat + 1)
    assert dashboard.ask("pause") == ("refused", "the training is paused already")
    assert dashboard.ask("set", name="lr", value=0.5) == ("done", "lr = 0.5")
    assert dashboard.ask("checkpoint") == ("done", "")
    assert loop.batches == before
    assert dashboard.ask("resume") == ("done", "")
    eventually(lambda: loop.batches > before, within_secs=WITHIN_SECS, what="further batches")
    assert dashboard.ask("pause") == ("done", "")
    stop(dashboard, loop)  # which ends a pause


def test_a_pause_that_comes_while_a_checkpoint_is_saved_holds_the_next_batch(tracker: Tracker) -> None:
    pauses: list[str] = []

    @tracker.on_checkpoint
    def save() -> None:
        if not pauses:
            pauses.append(dashboard.send("pause"))
            eventually(lambda: dashboard.files.answer(pauses[0]), within_secs=WITHIN_SECS, what="seen")

    loop, dashboard = Loop(tracker), Dashboard(tracker.run_dir)
    dashboard.status(lambda status: "checkpoint" in status.obeys)
    saved = dashboard.answer(dashboard.send("checkpoint"))
    assert dashboard.answer(pauses[0]).state == "done"
    dashboard.status(lambda status: status.state == "paused")
    assert saved.step == loop.batches - 1
    stop(dashboard, loop)


def test_a_value_is_taken_between_batches_or_refused(tracker: Tracker) -> None:
    tracker.declare(lr=Parameter(0.1, least=0, most=1, help="Learning rate"), mixup=True)
    heard: list[object] = []
    tracker.on_param("lr")(heard.append)
    loop, dashboard = Loop(tracker), Dashboard(tracker.run_dir)
    dashboard.status(lambda status: "set" in status.obeys)
    assert dashboard.ask("set", name="lr", value=1) == ("done", "lr = 1.0")
    assert (tracker.params.lr, type(tracker.params.lr)) == (1.0, float)
    assert dashboard.ask("set", name="mixup", value=False) == ("done", "mixup = False")
    assert dashboard.ask("set", name="lr", value=1.5) == ("refused", "lr must be <= 1.0, got 1.5")
    assert dashboard.ask("set", name="lr", value="fast") == (
        "refused",
        "lr must be a finite number, got 'fast'",
    )
    assert dashboard.ask("set", name="momentum", value=0.9)[0] == "refused"
    assert (heard, tracker.params.lr, tracker.params.mixup) == ([1.0], 1.0, False)
    assert dashboard.status(lambda status: status.parameters["lr"].value == 1.0).parameters["lr"].most == 1.0
    stop(dashboard, loop)
    said = texts(tracker.run_dir)
    assert len(said) == 6
    assert said[0].startswith("control: lr set to 1.0 at step ")
    assert said[2].startswith("control: set lr to 1.5 refused: lr must be <= 1.0, got 1.5 at step ")


def test_what_is_not_declared_is_refused_in_words(tracker: Tracker) -> None:
    loop, dashboard = Loop(tracker), Dashboard(tracker.run_dir)
    dashboard.status(lambda status: status.obeys == ("stop", "pause", "resume"))
    for command, how in (("checkpoint", "@tracker.on_checkpoint"), ("predict", "@tracker.on_predict")):
        assert dashboard.ask(command) == ("refused", f"the training does not say how: {how}")
    assert dashboard.ask("set", name="lr", value=1) == (
        "refused",
        "the training does not say how: tracker.declare(…)",
    )
    stop(dashboard, loop)


def test_several_commands_at_once_are_each_answered_once(tracker: Tracker) -> None:
    tracker.declare(count=0)
    taken: list[object] = []
    tracker.on_param("count")(taken.append)
    predicted: list[int] = []
    tracker.on_predict(lambda: predicted.append(1))
    both_are_answered = threading.Event()

    @tracker.on_checkpoint
    def save() -> None:
        """At the stop: a second one that comes when the training has ended is nobody's."""
        both_are_answered.wait(WITHIN_SECS)

    loop, dashboard = Loop(tracker), Dashboard(tracker.run_dir)
    dashboard.status(lambda status: "predict" in status.obeys)
    sent = [dashboard.send("set", name="count", value=number) for number in range(20)]
    sent += [dashboard.send("predict") for _ in range(5)]
    assert {dashboard.answer(command_id).state for command_id in sent} == {"done"}
    assert sorted(map(str, taken)) == sorted(map(str, range(20)))
    assert len(predicted) == 5
    stops = [dashboard.send("stop") for _ in range(2)]
    eventually(lambda: all(map(dashboard.files.answer, stops)), what="both to be seen or refused")
    both_are_answered.set()
    states = sorted(dashboard.answer(command_id).state for command_id in stops)
    loop.join()
    assert states == ["done", "refused"]


def test_commands_of_another_session_are_not_obeyed(tracker: Tracker, tmp_path: Path) -> None:
    dashboard = Dashboard(tracker.run_dir)
    old = dashboard.send("stop", session="0" * 16)
    loop = Loop(tracker)
    dashboard.status(lambda status: "stop" in status.obeys)
    assert dashboard.ask("pause") == ("done", "")
    assert dashboard.files.answer(old) is None
    stop(dashboard, loop)
    again = Tracker("p", logdir=tmp_path, run="r", resume=True)
    loop = Loop(again)
    dashboard.status(lambda status: status.session != "" and "stop" in status.obeys)
    assert again.should_stop is False
    stop(dashboard, loop)


def test_a_loop_of_its_own_stops_by_should_stop_alone(tracker: Tracker) -> None:
    dashboard = Dashboard(tracker.run_dir)
    assert dashboard.status().obeys == ()
    refused, message = dashboard.ask("stop")
    assert (refused, "tracker.should_stop" in message) == ("refused", True)
    saved: list[int] = []
    tracker.on_checkpoint(lambda: saved.append(1))
    assert tracker.should_stop is False
    assert dashboard.status(lambda status: bool(status.obeys)).obeys == ("stop",)
    assert dashboard.ask("pause")[0] == "refused"
    command_id = dashboard.send("stop")
    eventually(lambda: tracker.should_stop, within_secs=WITHIN_SECS, what="the stop")
    assert dashboard.status(lambda status: status.state == "stopping").obeys == ()
    assert saved == []
    tracker.close()
    assert (dashboard.answer(command_id).state, saved) == ("done", [1])


def test_epochs_of_a_loop_of_its_own_end_with_a_checkpoint(tracker: Tracker) -> None:
    dashboard, saved = Dashboard(tracker.run_dir), threading.Event()
    tracker.on_checkpoint(saved.set)

    def train() -> None:
        for _ in tracker.epochs(10**6):
            while not tracker.should_stop:
                saved.wait(0.001)

    thread = threading.Thread(target=train)
    thread.start()
    dashboard.status(lambda status: status.obeys == ("stop",))
    assert dashboard.ask("stop") == ("done", "")
    thread.join(WITHIN_SECS)
    assert saved.is_set()


def test_a_loop_of_its_own_obeys_at_its_pause_points(tracker: Tracker) -> None:
    tracker.declare(lr=0.1)
    dashboard, passed = Dashboard(tracker.run_dir), threading.Event()

    def train() -> None:
        while not tracker.pause_point():
            passed.wait(0.001)
        tracker.close()

    thread = threading.Thread(target=train)
    thread.start()
    dashboard.status(lambda status: status.obeys == ("stop", "pause", "resume", "set"))
    assert dashboard.ask("set", name="lr", value=0.5) == ("done", "lr = 0.5")
    assert dashboard.ask("stop") == ("done", "")
    thread.join(WITHIN_SECS)
    assert not thread.is_alive()


def test_a_callback_that_fails_is_told_and_the_training_goes_on(
    tracker: Tracker, caplog: pytest.LogCaptureFixture
) -> None:
    tracker.declare(lr=0.1)

    @tracker.on_param("lr")
    @tracker.on_predict
    @tracker.on_checkpoint
    def fail(*_: object) -> None:
        raise ValueError("no room")

    loop, dashboard = Loop(tracker), Dashboard(tracker.run_dir)
    dashboard.status(lambda status: "predict" in status.obeys)
    assert dashboard.ask("checkpoint") == ("refused", "the checkpoint failed: ValueError: no room")
    assert dashboard.ask("predict") == ("refused", "the prediction failed: ValueError: no room")
    assert dashboard.ask("set", name="lr", value=1) == (
        "refused",
        "the change of lr failed: ValueError: no room",
    )
    assert tracker.params.lr == 0.1
    assert dashboard.ask("stop") == ("done", "the checkpoint failed: ValueError: no room")
    loop.join()
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 4


def test_what_was_not_obeyed_is_refused_at_the_end(tracker: Tracker) -> None:
    dashboard = Dashboard(tracker.run_dir)
    for _ in tracker.batches(range(1)):
        dashboard.status(lambda status: "pause" in status.obeys)
        command_id = dashboard.send("pause")
        eventually(dashboard.files.answers, within_secs=WITHIN_SECS, what="it is seen")
        break
    tracker.close()
    answer = dashboard.answer(command_id)
    assert (answer.state, answer.message) == ("refused", "the training ended before")


def test_without_control_nothing_is_written_beside_the_events(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r", control=False) as tracker:
        tracker.declare(lr=0.1)
        for batch in tracker.batches(range(3)):
            tracker.log(loss=batch * tracker.params.lr)
        assert tracker.should_stop is False
    assert not (tmp_path / "p" / "r" / "candles-control").exists()


def test_a_directory_that_takes_nothing_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "p" / "r").mkdir(parents=True)
    (tmp_path / "p" / "r" / "candles-control").write_text("in the way")
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        for batch in tracker.batches(range(3)):
            tracker.log(loss=batch)
    assert (tmp_path / "p" / "r" / "candles-control").read_text() == "in the way"


def test_a_run_in_a_bucket_obeys_too(tmp_path: Path) -> None:
    url = f"memory://{tmp_path}"
    tracker = Tracker("p", logdir=url, run="r")
    loop, dashboard = Loop(tracker), Dashboard(f"{url}/p/r")
    assert dashboard.status(lambda status: "stop" in status.obeys).every_secs == 10.0
    stop(dashboard, loop)
    assert dashboard.status().state == "ended"


def test_old_commands_do_not_gather_for_ever(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tensorboard_candles.writer.control_channel.KEPT", 3)
    tracker.declare(lr=0.1)
    loop, dashboard = Loop(tracker), Dashboard(tracker.run_dir)
    dashboard.status(lambda status: "set" in status.obeys)
    for number in range(8):
        assert dashboard.ask("set", name="lr", value=number)[0] == "done"
    assert 3 <= len(dashboard.files.commands()) <= 4
    assert f"{8:016x}" in dashboard.files.commands()
    stop(dashboard, loop)


@pytest.mark.parametrize("name", ["1lr", "_lr", "l r", "x" * 65])
def test_a_parameter_of_such_a_name_is_refused(tracker: Tracker, name: str) -> None:
    with pytest.raises(WriterError, match="a parameter's name must be"):
        tracker.declare(**{name: 0.1})


def test_more_than_a_status_has_room_for_is_refused(tracker: Tracker) -> None:
    with pytest.raises(WriterError, match="at most 64 parameters"):
        tracker.declare(**{f"p{number}": number for number in range(65)})
    with pytest.raises(WriterError, match=r"lr must be a finite number"):
        tracker.declare(lr=math.nan)
    with pytest.raises(AttributeError, match=r"tracker.declare\(decay=…\)"):
        tracker.params.decay  # noqa: B018
    with pytest.raises(WriterError, match="on_checkpoint takes a function"):
        tracker.on_checkpoint("model.pt")  # type: ignore[type-var]
    with pytest.raises(WriterError, match="no parameter 'decay' is declared"):
        tracker.on_param("decay")


@pytest.fixture
def _said_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDLES_LOGDIR", str(tmp_path))
    monkeypatch.setenv("CANDLES_RUN", f"named-{os.path.basename(tmp_path)}")
    monkeypatch.setenv("CANDLES_INSTANCE", "fashion-1")


@pytest.mark.usefixtures("_said_by_the_environment")
def test_the_environment_says_what_the_call_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Tracker("p") as tracker:
        tracker.log(loss=1)
    assert tracker.run_dir == tmp_path / "p" / os.environ["CANDLES_RUN"]
    assert Dashboard(tracker.run_dir).status().instance == "fashion-1"
    with Tracker("p") as another:
        assert another.run != tracker.run  # it would lie over the first
    with Tracker("p", logdir=tmp_path / "logs", run="r") as given:
        assert given.run_dir == tmp_path / "logs" / "p" / "r"


@pytest.mark.usefixtures("_said_by_the_environment")
def test_the_environment_has_a_run_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Tracker("p", run=os.environ["CANDLES_RUN"]) as first:
        first.log(loss=1, step=7)
    monkeypatch.setenv("CANDLES_RESUME", "1")
    with Tracker("p") as second:
        second.log(loss=2)
    steps = [event.step for event in raw_events(second.run_dir) if event.summary.value]
    assert (second.run, sorted(steps)) == (first.run, [7, 8])
