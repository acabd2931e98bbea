"""The demo's training stops after any batch and goes on there, as if it had never stopped."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.fashion_mnist import data, settings
from demo.fashion_mnist.data import DataSet
from demo.fashion_mnist.settings import BadCheckpoint, Settings

torch = pytest.importorskip("torch")

from demo.fashion_mnist.training import Training, best_device  # noqa: E402

SETTINGS = Settings(data=data.DIGITS, kernels=(4, 8), batch_size=100, dropout=0.3)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # for so few images more of them are slower
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def small() -> DataSet:
    found = data.load(data.DIGITS)
    return replace(
        found,
        train=(found.train[0][:500], found.train[1][:500]),
        validation=(found.validation[0][:200], found.validation[1][:200]),
    )


def steps(training: Training, count: int) -> list[float]:
    """The losses of so many more steps."""
    losses: list[float] = []
    while len(losses) < count:
        begin = training.step % training.batches_per_epoch
        for batch in training.batches()[begin : begin + count - len(losses)]:
            losses.append(training.train_on(batch)[0].item())
    return losses


@pytest.mark.parametrize("optimizer", settings.OPTIMIZERS)
def test_training_that_goes_on_is_the_one_that_never_stopped(
    tmp_path: Path, small: DataSet, optimizer: str
) -> None:
    how = replace(SETTINGS, optimizer=optimizer)
    without = steps(Training(how, small, "cpu"), 12)
    before = Training(how, small, "cpu")
    losses = steps(before, 7)
    before.save(tmp_path / "checkpoint.pt")
    after = Training(how, small, "cpu")
    after.restore(tmp_path / "checkpoint.pt")
    assert after.step == 7
    assert losses + steps(after, 5) == without
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


@pytest.mark.parametrize("optimizer", settings.OPTIMIZERS)
def test_it_learns(small: DataSet, optimizer: str) -> None:
    training = Training(replace(SETTINGS, optimizer=optimizer, dropout=0.0, kernels=(8, 16)), small, "cpu")
    before = float(training.validate()[0][1])
    steps(training, 40)
    (loss, accuracy), scores = training.validate()
    assert float(accuracy) > max(0.6, before + 0.3)
    images, labels = training.examples(16)
    assert images.shape == (16, 28, 28)
    assert (scores.argmax(1) == labels).float().mean() == accuracy
    assert float(loss) == pytest.approx(float(torch.nn.functional.cross_entropy(scores, labels)))


def test_each_epoch_has_every_image_once_in_another_order(small: DataSet) -> None:
    training = Training(SETTINGS, small, "cpu")
    first = torch.cat(training.batches())
    training.step = training.batches_per_epoch
    second = torch.cat(training.batches())
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(500))
    assert not torch.equal(first, second)


def test_values_set_while_training_outlive_a_restart_unless_others_are_given(
    tmp_path: Path, small: DataSet
) -> None:
    path = tmp_path / "checkpoint.pt"
    training = Training(SETTINGS, small, "cpu")
    steps(training, 1)
    training.lr, training.dropout = 1e-5, 0.5
    training.save(path)
    again = Training(SETTINGS, small, "cpu")
    again.restore(path)
    assert (again.lr, again.dropout) == (1e-5, 0.5)
    other = Training(replace(SETTINGS, lr=0.01, epochs=9), small, "cpu")
    other.restore(path)
    assert (other.lr, other.dropout) == (0.01, 0.5)


def test_learning_rate_of_nought_changes_nothing(small: DataSet) -> None:
    training = Training(replace(SETTINGS, optimizer="sgd"), small, "cpu")
    steps(training, 1)
    before = [parameter.clone() for parameter in training.model.parameters()]
    training.lr = 0.0
    steps(training, 2)
    assert all(torch.equal(*pair) for pair in zip(before, training.model.parameters(), strict=True))


def test_checkpoint_of_another_training_is_refused(tmp_path: Path, small: DataSet) -> None:
    path = tmp_path / "checkpoint.pt"
    Training(SETTINGS, small, "cpu").save(path)
    other = Training(replace(SETTINGS, kernels=(4,), optimizer="sgd"), small, "cpu")
    with pytest.raises(BadCheckpoint, match=r"kernels was \(4, 8\), now \(4,\), optimizer was adam, now sgd"):
        other.restore(path)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", None])
def test_damaged_checkpoint_is_refused(tmp_path: Path, small: DataSet, content: bytes | None) -> None:
    path = tmp_path / "checkpoint.pt"
    training = Training(SETTINGS, small, "cpu")
    training.save(path)
    path.write_bytes(path.read_bytes()[:-100] if content is None else content)
    with pytest.raises(BadCheckpoint, match="can not be read"):
        training.restore(path)


def test_checkpoint_that_can_not_be_written_leaves_the_old_one(
    tmp_path: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "checkpoint.pt"
    training = Training(SETTINGS, small, "cpu")
    training.save(path)
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        training.save(path)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_device_is_one_that_torch_has() -> None:
    assert torch.zeros(1, device=best_device()).item() == 0


@pytest.mark.parametrize("text", ["", "a", "1,2,3,4,5", "0", "0,16", "16,0,32", "16,,32", "2000", "-4"])
def test_bad_kernels_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="one to four numbers"):
        settings.kernels(text)


@pytest.mark.parametrize(
    "arguments", [["--lr", "-1"], ["--dropout", "1"], ["--epochs", "0"], ["--data", "x"]]
)
def test_bad_arguments_are_refused(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    settings.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(arguments)


def test_settings_are_those_that_were_given() -> None:
    parser = argparse.ArgumentParser()
    settings.add_arguments(parser)
    given = parser.parse_args(
        "--data digits --kernels 8,16,32 --optimizer sgd --lr 0.1 --batch-size 7".split()
    )
    assert settings.of_arguments(given) == Settings("digits", (8, 16, 32), "sgd", 0.1, batch_size=7)
