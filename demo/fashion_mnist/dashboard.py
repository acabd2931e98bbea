"""What a script asks of a dashboard: the same as the tab asks when one clicks there."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ANSWERS_WITHIN_SECS = 30.0
ENDED = frozenset({"finished", "failed", "stopped", "lost"})


class Refused(Exception):
    """The dashboard said no; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A TensorBoard with `--candles_control` and `--candles_experiments`.

    dashboard = Dashboard("http://localhost:7000/")
    dashboard.start("train", {"name": "small", "parameters": {"kernels1": 8}})
    """

    url: str

    def get(self, route: str, **parameters: str) -> Any:
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        return self._answer(urllib.request.Request(self._address(route) + query))

    def post(self, route: str, body: dict[str, Any]) -> Any:
        """Raises Refused."""
        headers = {"Content-Type": "application/json", "X-Candles-Token": self.get("config")["token"] or ""}
        return self._answer(
            urllib.request.Request(self._address(route), json.dumps(body).encode(), headers, method="POST")
        )

    def start(self, experiment: str, *instances: dict[str, Any]) -> list[str]:
        """Start these, each a name and parameters; returns their ids."""
        body = {"action": "start", "experiment": experiment, "instances": list(instances)}
        return list(self.post("experiments", body)["instances"])

    def stop(self, ids: Sequence[str]) -> None:
        self.post("experiments", {"action": "stop", "instances": list(ids)})

    def instances(self) -> dict[str, dict[str, Any]]:
        """All that were started, by id."""
        return {one["id"]: one for one in self.get("experiments")["instances"]}

    def output(self, instance: str) -> str:
        """What it printed."""
        with urllib.request.urlopen(
            f"{self._address('experiments/output')}?id={instance}", timeout=ANSWERS_WITHIN_SECS
        ) as answer:
            return str(answer.read().decode(errors="replace"))

    def _address(self, route: str) -> str:
        return f"{self.url.rstrip('/')}/data/plugin/candles/{route}"

    def _answer(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN_SECS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(_said(error.read()) or f"HTTP {error.code}") from error


def _said(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:200]
