"""Experiments as jobs of a Ray cluster that runs already, by Ray's own Job Submission.

A job of Ray's is a line for a shell. Ours is always the same: a few lines of Python that take the argument
vector from the environment. So nothing that was typed into the dashboard is ever read by a shell.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tensorboard_candles.errors import ExecutorFailed, Missing, Unreachable
from tensorboard_candles.launch.executor import Handle, Job, Seen, variables, vector_of
from tensorboard_candles.launch.remote_output import RemoteOutput, end_of

COMMAND_VARIABLE = "CANDLES_COMMAND"

_BEGIN = f"""
import json, os, sys
told = json.loads(os.environ.pop("{COMMAND_VARIABLE}"))
print(told["begins"], flush=True)
try:
    if told["directory"]:
        os.chdir(told["directory"])
    os.execvp(told["command"][0], told["command"])
except OSError as error:
    print(told["command"][0], "could not be started in", os.getcwd() + ":", error, flush=True)
    sys.exit(127)
"""


@dataclass(frozen=True, slots=True)
class _Prepared:
    handle: Handle
    client: Any
    submission: dict[str, Any]

    def go(self) -> None:
        """Asked for again where an answer may be lost: by its id it is one job, however often."""
        with _asking(str(self.handle["address"])):
            try:
                self.client.submit_job(**self.submission)
            except (OSError, RuntimeError):
                self._again()

    def _again(self) -> None:
        try:
            self.client.submit_job(**self.submission)
        except RuntimeError:
            if _info(self.client, str(self.handle["submission_id"])) is None:
                raise

    def give_up(self) -> None:
        """Nobody has been asked for anything yet."""


@dataclass(slots=True)
class RayExecutor:
    """Its jobs are found again by their submission ids, which are made of the instance's.

    Ray's own stop is SIGTERM, and SIGKILL after RAY_JOB_STOP_WAIT_TIME_S (3 s) of the cluster's environment;
    there is no other way to kill a job.
    """

    _clients: dict[str, Any] = field(default_factory=dict)
    _outputs: RemoteOutput = field(default_factory=RemoteOutput)

    def prepare(self, job: Job) -> _Prepared:
        ray, limits = job.experiment.ray, job.experiment.limits
        assert ray is not None
        directory = str(job.experiment.directory)
        submission_id = f"candles-{job.id}-{job.attempt}"
        told = {
            "command": vector_of(job, python=ray.python, logdir=job.logdir, directory=directory),
            "directory": None if ray.upload else directory,
            "begins": _beginning(submission_id),
        }
        environment = {**ray.environment, **variables(job, logdir=job.logdir)}
        submission = {
            "entrypoint": f"exec {shlex.quote(ray.python)} -c {shlex.quote(_BEGIN)}",
            "submission_id": submission_id,
            "runtime_env": {
                "env_vars": {**environment, COMMAND_VARIABLE: json.dumps(told)},
                **({"working_dir": directory} if ray.upload else {}),
            },
            "metadata": {"candles_instance": job.id, "candles_run": job.name},
            "entrypoint_num_cpus": ray.cpus,
            "entrypoint_num_gpus": ray.gpus,
            "entrypoint_memory": limits.memory_bytes,
        }
        handle: Handle = {
            "address": ray.address,
            "submission_id": submission_id,
            "output_from": end_of(job.folder),
        }
        return _Prepared(handle, self._client(ray.address), submission)

    def look(self, handle: Handle, folder: Path) -> Seen:
        client = self._client(str(handle["address"]))
        submission_id = str(handle["submission_id"])
        with _asking(str(handle["address"])):
            info = _info(client, submission_id)
        if info is None:
            return Seen("gone", message="the cluster does not know of it")
        has_ended = info.status.is_terminal()
        with _asking(str(handle["address"])):
            self._outputs.keep(
                folder,
                handle,
                lambda: printed_in(client.get_job_logs(submission_id), submission_id, has_ended=has_ended),
                at_once=has_ended,
            )
        if not has_ended:
            is_waiting = info.status.name == "PENDING"
            return Seen("starting" if is_waiting else "running", message=info.message if is_waiting else "")
        code = 0 if info.status.name == "SUCCEEDED" else info.driver_exit_code
        has_message = info.status.name == "FAILED" and not code
        return Seen("ended", code if code is not None or not has_message else 1, info.message or "")

    def stop(self, handle: Handle) -> None:
        client = self._client(str(handle["address"]))
        with _asking(str(handle["address"])):
            client.stop_job(str(handle["submission_id"]))

    def kill(self, handle: Handle) -> None:
        self.stop(handle)

    def forget(self, handle: Handle) -> None:
        client = self._client(str(handle["address"]))
        with _asking(str(handle["address"])):
            try:
                client.delete_job(str(handle["submission_id"]))
            except RuntimeError as error:
                if not _is_unknown(error):
                    raise

    def _client(self, address: str) -> Any:
        if address not in self._clients:
            try:
                from ray.job_submission import JobSubmissionClient
            except ImportError:
                raise Missing("executor ray needs Ray: pip install tensorboard_candles[ray]") from None
            with _asking(address):
                self._clients[address] = JobSubmissionClient(address)
        return self._clients[address]


def printed_in(logs: str, submission_id: str, *, has_ended: bool) -> bytes:
    """What the job itself has printed, without what Ray says of it; all, where it never came to begin.

    >>> printed_in("Ray sets up\\nBegin of candles-1\\nepoch 1\\n", "candles-1", has_ended=False)
    b'epoch 1\\n'
    >>> printed_in("Ray can't\\n", "candles-1", has_ended=False)
    b''
    >>> printed_in("Ray can't\\n", "candles-1", has_ended=True)
    b"Ray can't\\n"
    """
    _, begins, own = logs.partition(_beginning(submission_id) + "\n")
    return (own if begins or not has_ended else logs).encode()


def _beginning(submission_id: str) -> str:
    return f"Begin of {submission_id}"


@contextmanager
def _asking(address: str) -> Iterator[None]:
    """Ray's client raises RuntimeError for what the cluster refuses, or a proxy before it."""
    try:
        yield
    except OSError as error:
        raise Unreachable(f"the Ray cluster at {address} does not answer: {error}") from None
    except RuntimeError as error:
        if any(f"status code {told}" in str(error) for told in (502, 503, 504)):
            raise Unreachable(f"the Ray cluster at {address} does not answer: {error}") from None
        raise ExecutorFailed(f"the Ray cluster at {address} refused: {error}") from None


def _info(client: Any, submission_id: str) -> Any:
    """What the cluster says of it; None where it knows of no such job."""
    try:
        return client.get_job_info(submission_id)
    except RuntimeError as error:
        if not _is_unknown(error):
            raise
        return None


def _is_unknown(error: RuntimeError) -> bool:
    return "status code 404" in str(error) or "does not exist" in str(error)
