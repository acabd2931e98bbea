"""The data flows one way: a layer imports those on its left and nothing on its right."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "tensorboard_candles"
FLOW = ["events", "store", "ohlc", "indicators", "analysis", "api", "plugin"]
FIGURES = {"events", "store", "ohlc", "indicators", "analysis", "writer", "integrations", "figures"}
"""A branch beside `api`: what draws for notebooks and papers knows neither HTTP nor the host. What is handed
to it rather than read is measured by the writer."""
COMMON = {"metadata", "errors", "remote_files", "control"}
LAUNCH = {"launch", *COMMON}
"""Starts what is declared: a room beside all that reads logs, which `api` alone imports."""
FRAMEWORKS = {"torch", "tensorflow", "keras", "lightning", "transformers", "jax"}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _rooms(path: Path) -> set[str]:
    names = (name.split(".") for name in _imports(path))
    return {parts[1] for parts in names if parts[0] == "tensorboard_candles" and len(parts) > 1}


def test_every_layer_imports_only_layers_to_its_left() -> None:
    wrong = []
    for index, layer in enumerate(FLOW):
        allowed = {*FLOW[: index + 1], *COMMON}
        for path in [PACKAGE / f"{layer}.py", *(PACKAGE / layer).rglob("*.py")]:
            if path.exists():
                wrong += [(path.name, room) for room in _rooms(path) & {*FLOW, "writer", "cli"} - allowed]
    assert wrong == []


def test_figures_import_what_computes_and_nobody_imports_figures() -> None:
    paths = [*PACKAGE.rglob("*.py")]
    drawing = [path for path in paths if "figures" in path.relative_to(PACKAGE).parts]
    assert len(drawing) > 5
    for path in drawing:
        assert _rooms(path) - COMMON <= FIGURES, path
    assert [path.name for path in set(paths) - set(drawing) if "figures" in _rooms(path)] == []


def test_what_starts_experiments_knows_nothing_of_what_reads_logs_and_only_api_imports_it() -> None:
    launching = [*(PACKAGE / "launch").rglob("*.py")]
    assert len(launching) > 5
    for path in launching:
        assert _rooms(path) <= LAUNCH, path
    others = {path for path in PACKAGE.rglob("*.py") if "launch" in _rooms(path)} - {*launching}
    assert {path.relative_to(PACKAGE).parts[0] for path in others} == {"api", "plugin.py"}


def test_the_writer_knows_nothing_of_the_reader_but_its_detectors() -> None:
    known = {path.stem: _rooms(path) & set(FLOW) for path in (PACKAGE / "writer").rglob("*.py")}
    for room in ("alerting", "tracker", "validating"):
        assert known.pop(room) == {"indicators"}
    assert set().union(*known.values()) == set()


def test_tracker_is_imported_without_the_reader() -> None:
    program = "import sys, tensorboard_candles.writer.tracker; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    rooms = {name.split(".")[1] for name in loaded.stdout.split() if name.startswith("tensorboard_candles.")}
    assert "writer" in rooms
    assert rooms & set(FLOW) == set()


def test_what_windows_lacks_is_imported_where_experiments_are_started_and_not_before() -> None:
    program = (
        "import sys; sys.modules.update(fcntl=None, resource=None); "
        "import tensorboard_candles.api, tensorboard_candles.launch.declared"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_no_framework_is_imported_outside_integrations() -> None:
    outside = [path for path in PACKAGE.rglob("*.py") if "integrations" not in path.parts]
    assert len(outside) > 20
    for path in outside:
        assert {name.split(".")[0] for name in _imports(path)} & FRAMEWORKS == set(), path


def test_plotly_and_kaleido_are_imported_by_the_figures_alone() -> None:
    for path in PACKAGE.rglob("*.py"):
        if "figures" not in path.relative_to(PACKAGE).parts:
            found = {name.split(".")[0] for name in _imports(path)}
            assert found & {"plotly", "kaleido", "choreographer"} == set(), path


def test_numerics_that_are_an_extra_are_imported_by_the_analysis_alone() -> None:
    outside = [path for path in PACKAGE.rglob("*.py") if "analysis" not in path.parts]
    for path in outside:
        assert {name.split(".")[0] for name in _imports(path)} & {"scipy", "sklearn"} == set(), path
