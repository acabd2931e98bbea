"""Experiments as containers, by Docker's own SDK."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tensorboard_candles.errors import ExecutorFailed, Missing, Unreachable
from tensorboard_candles.launch.declared import Docker, Limits
from tensorboard_candles.launch.executor import Handle, Job, Seen, variables, vector_of
from tensorboard_candles.launch.remote_output import RemoteOutput, end_of
from tensorboard_candles.remote_files import is_url

LOGDIR = "/candles/logs"
"""Where a container finds the log directory."""

DIRECTORY = "/candles/work"
"""Where it finds the experiment's own, to be read."""

LABEL = "tensorboard_candles.instance"
TIMEOUT_SECS = 60


@dataclass(frozen=True, slots=True)
class _Prepared:
    handle: Handle
    client: Any
    options: dict[str, Any]

    def go(self) -> None:
        """An image that is not there is fetched first."""
        try:
            with _asking():
                self.client.containers.run(detach=True, **self.options)
        except ExecutorFailed as error:
            # where only the answer was lost, it runs
            if _begun(self.client, self.options["name"]) is None:
                raise ExecutorFailed(str(error)) from None

    def give_up(self) -> None:
        """Nobody has been asked for anything yet."""


@dataclass(slots=True)
class DockerExecutor:
    """A container for each, found again by its name, which is made of the instance's id.

    The log directory is mounted at LOGDIR, and the container runs as whoever runs TensorBoard, so that what
    it writes there is theirs. It may gain no privileges. Exit codes are Docker's: 128 and the signal where
    one ended it.
    """

    _clients: dict[str, Any] = field(default_factory=dict)
    _outputs: RemoteOutput = field(default_factory=RemoteOutput)

    def prepare(self, job: Job) -> _Prepared:
        docker = job.experiment.docker
        assert docker is not None
        client = self._client(docker.url or "")
        logdir = job.logdir if is_url(job.logdir) else LOGDIR
        directory = DIRECTORY if docker.mount_directory else "."
        name = f"candles-{job.id}-{job.attempt}"
        options = {
            "image": docker.image,
            "command": vector_of(job, python=docker.python, logdir=logdir, directory=directory),
            "name": name,
            "labels": {LABEL: job.id},
            "environment": {**docker.environment, **variables(job, logdir=logdir)},
            "mounts": _mounts(job, docker),
            "user": docker.user or f"{os.getuid()}:{os.getgid()}",
            "init": True,
            "security_opt": ["no-new-privileges"],
            **({"working_dir": DIRECTORY} if docker.mount_directory else {}),
            **({"network": docker.network} if docker.network else {}),
            **_bounds(docker, job.experiment.limits),
        }
        handle: Handle = {"name": name, "url": docker.url or "", "output_from": end_of(job.folder)}
        return _Prepared(handle, client, options)

    def look(self, handle: Handle, folder: Path) -> Seen:
        container = _begun(self._client(str(handle["url"])), str(handle["name"]))
        if container is None:
            return Seen("gone", message="there is no container of it, and nothing says how it ended")
        state = container.attrs["State"]
        has_ended = state["Status"] in ("exited", "dead")
        with _asking():
            self._outputs.keep(folder, handle, container.logs, at_once=has_ended)
        if not has_ended:
            return Seen("starting" if state["Status"] == "created" else "running")
        message = "it took more memory than it may" if state.get("OOMKilled") else state.get("Error", "")
        return Seen("ended", int(state["ExitCode"]), message)

    def stop(self, handle: Handle) -> None:
        self._signal(handle, "SIGTERM")

    def kill(self, handle: Handle) -> None:
        self._signal(handle, "SIGKILL")

    def forget(self, handle: Handle) -> None:
        container = self._container(handle)
        if container is not None:
            with _asking():
                container.remove(force=True)

    def _signal(self, handle: Handle, name: str) -> None:
        container = self._container(handle)
        if container is not None and container.status == "running":
            with _asking():
                container.kill(signal=name)

    def _container(self, handle: Handle) -> Any:
        return _found(self._client(str(handle["url"])), str(handle["name"]))

    def _client(self, url: str) -> Any:
        if url not in self._clients:
            try:
                import docker
            except ImportError:
                message = "executor docker needs Docker's SDK: pip install tensorboard_candles[docker]"
                raise Missing(message) from None
            with _asking():
                self._clients[url] = (
                    docker.DockerClient(base_url=url, timeout=TIMEOUT_SECS)
                    if url
                    else docker.from_env(timeout=TIMEOUT_SECS)
                )
        return self._clients[url]


def _found(client: Any, name: str) -> Any:
    """The container of that name; None where there is none."""
    from docker.errors import NotFound

    with _asking():
        try:
            return client.containers.get(name)
        except NotFound:
            return None


def _begun(client: Any, name: str) -> Any:
    """The same; one that was made and never started is cleared away, since nobody will start it any more."""
    from docker.errors import APIError

    container = _found(client, name)
    if container is None or container.status != "created":
        return container
    with _asking():
        try:
            container.remove()
        except APIError:
            return container  # it has begun meanwhile
    return None


def _mounts(job: Job, docker: Docker) -> list[Any]:
    from docker.types import Mount

    mounts = [] if is_url(job.logdir) else [Mount(LOGDIR, job.logdir, type="bind")]
    if docker.mount_directory:
        mounts.append(Mount(DIRECTORY, str(job.experiment.directory), type="bind", read_only=True))
    return mounts


def _bounds(docker: Docker, limits: Limits) -> dict[str, Any]:
    from docker.types import DeviceRequest, Ulimit

    bounds: dict[str, Any] = {}
    ulimits = {"nofile": limits.files, "cpu": limits.cpu_secs}
    found = [Ulimit(name=name, soft=most, hard=most) for name, most in ulimits.items() if most is not None]
    if found:
        bounds["ulimits"] = found
    if limits.memory_bytes is not None:
        bounds["mem_limit"] = limits.memory_bytes
    if docker.cpus is not None:
        bounds["nano_cpus"] = int(docker.cpus * 1e9)
    if docker.gpus:
        bounds["device_requests"] = [DeviceRequest(count=-1, capabilities=[["gpu"]])]
    return bounds


@contextmanager
def _asking() -> Iterator[None]:
    """The SDK raises errors of its own, and those of the library that it asks with."""
    from docker.errors import APIError, DockerException

    try:
        yield
    except APIError as error:
        raise ExecutorFailed(f"Docker refused: {error.explanation or error}") from None
    except (OSError, DockerException) as error:
        raise Unreachable(f"Docker does not answer: {error}") from None
