"""The plugin's flags, as TensorBoard parses them."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from tensorboard.plugins import base_plugin

from tensorboard_candles.plugin import DEFAULT_POLL_SECS, CandlesLoader


def parsed(*arguments: str) -> argparse.Namespace:
    loader, parser = CandlesLoader(), argparse.ArgumentParser()
    parser.add_argument("--logdir", default="")  # TensorBoard's own
    loader.define_flags(parser)
    flags = parser.parse_args(arguments)
    loader.fix_flags(flags)
    return flags


@pytest.mark.parametrize("given", ["inf", "-inf", "nan", "0", "-1", "86401", "1e300"])
def test_a_pause_that_no_one_can_mean_is_refused_with_what_was_got(given: str) -> None:
    with pytest.raises(base_plugin.FlagsError) as refused:
        parsed(f"--candles_poll_secs={given}")
    assert str(refused.value) == (
        f"--candles_poll_secs must be > 0 and at most 86400 (a day), got {float(given)}"
    )


@pytest.mark.parametrize(
    ("arguments", "poll_secs"), [([], DEFAULT_POLL_SECS), (["0.05"], 0.05), (["86400"], 86400.0)]
)
def test_a_pause_of_up_to_a_day_is_taken(arguments: list[str], poll_secs: float) -> None:
    flags = parsed(*(f"--candles_poll_secs={given}" for given in arguments))
    assert flags.candles_poll_secs == poll_secs


@pytest.mark.parametrize(
    "given", ["0", "0GB", "-1GB", "much", "4 apples", "1e9", "1.GB", "5iB", "nan", "9" * 400]
)
def test_memory_that_no_one_can_mean_is_refused_with_what_was_got(given: str) -> None:
    with pytest.raises(base_plugin.FlagsError, match=f"--candles_memory: .*{given}"):
        parsed(f"--candles_memory={given}")


def test_a_cache_of_a_user_that_there_is_not_is_refused() -> None:
    with pytest.raises(base_plugin.FlagsError, match=r"--candles_cache: .*~nosuchuser/x"):
        parsed("--candles_cache=~nosuchuser/x")
    assert parsed("--candles_cache=~/x").candles_cache == "~/x"


@pytest.mark.parametrize("given", ["", "500MB", "4 gb", "1.5GiB", "250", "64k", "1B"])
def test_memory_is_taken_in_any_unit_and_by_default_left_open(given: str) -> None:
    assert parsed(f"--candles_memory={given}").candles_memory == given


def test_without_flags_nothing_may_be_changed() -> None:
    flags = parsed()
    assert (flags.candles_control, flags.candles_experiments, flags.candles_allow_host) == (False, "", [])
    assert not flags.candles_token


@pytest.mark.parametrize(
    "content", ["correct-horse-battery", "correct-horse-battery\n", " correct-horse-battery\r\n"]
)
def test_a_token_may_stand_in_a_file(tmp_path: Path, content: str) -> None:
    file = tmp_path / "token"
    file.write_text(content)
    assert parsed(f"--candles_token=@{file}").candles_token.reveal() == "correct-horse-battery"
    assert parsed("--candles_token=correct-horse-battery").candles_token.reveal() == "correct-horse-battery"


@pytest.mark.parametrize("given", ["two words", "schlüssel", "x" * 1025, "@/no/such/file", "@~nosuchuser/x"])
def test_a_token_that_no_request_could_carry_is_refused(given: str) -> None:
    with pytest.raises(base_plugin.FlagsError, match=r"--candles_token: "):
        parsed(f"--candles_token={given}")


def test_an_empty_file_is_no_token(tmp_path: Path) -> None:
    (tmp_path / "token").touch()
    with pytest.raises(base_plugin.FlagsError, match="empty"):
        parsed(f"--candles_token=@{tmp_path / 'token'}")


def test_the_token_is_in_no_text_that_is_made_of_the_flags() -> None:
    flags = parsed("--candles_token=correct-horse-battery")
    assert "correct-horse" not in f"{flags} {vars(flags)} {flags.candles_token}"


def test_names_of_hosts_come_one_by_one_or_with_commas() -> None:
    flags = parsed("--candles_allow_host=a.example, b.example:8443", "--candles_allow_host=c")
    assert flags.candles_allow_host == ["a.example", "b.example:8443", "c"]


@pytest.mark.parametrize("given", ["https://team.example", "team.example/", "*", "a b", "[::1", "a:99999"])
def test_what_is_no_name_of_a_host_is_refused(given: str) -> None:
    with pytest.raises(base_plugin.FlagsError, match=r"--candles_allow_host: .*write team\.example"):
        parsed(f"--candles_allow_host={given}")


def test_a_file_of_experiments_is_read_once_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "experiments.toml"
    file.write_text('[experiments.toy]\ncommand = ["true"]\n')
    flags = parsed("--logdir=logs", f"--candles_experiments={file}")
    file.write_text("changed")
    assert list(flags.candles_declared.content.experiments) == ["toy"]
    assert parsed().candles_declared.content is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[experiments.toy]\ncomand = []", r"experiments\.toml: experiments\.toy: command is missing"),
        ("not toml", r"experiments\.toml: not TOML"),
        (None, r"experiments\.toml: No such file"),
    ],
)
def test_a_file_of_experiments_that_can_not_be_used_is_told_at_the_start(
    tmp_path: Path, content: str | None, says: str
) -> None:
    file = tmp_path / "experiments.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(base_plugin.FlagsError, match=f"--candles_experiments: .*{says}"):
        parsed("--logdir=logs", f"--candles_experiments={file}")


def test_experiments_need_a_log_directory_to_write_to(tmp_path: Path) -> None:
    with pytest.raises(base_plugin.FlagsError, match="--candles_experiments needs --logdir"):
        parsed(f"--candles_experiments={tmp_path}")


def test_every_flag_that_opens_something_is_in_the_threat_model() -> None:
    page = (Path(__file__).parent.parent / "SECURITY.md").read_text()
    for flag in vars(parsed()):
        if flag not in ("candles_poll_secs", "candles_memory", "candles_cache", "candles_declared"):
            assert f"--{flag}" in page
