"""Builds the browser bundle, frontend/ into tensorboard_candles/static/, while a wheel or an sdist is made.

Everything else stands in pyproject.toml. An editable install skips the bundle: `make` builds it there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "scripts"))

from build_backend import BUNDLE, in_checkout  # noqa: E402
from npm import FRONTEND, NoNode, run_npm  # noqa: E402


def frontend_sources() -> list[Path]:
    """Every file of frontend/ but what npm puts there."""
    return [
        Path(folder, name)
        for folder, folders, names in os.walk(FRONTEND)
        if "node_modules" not in Path(folder).parts
        for name in names
    ]


def bundle_is_current() -> bool:
    """Whether the bundle is there and, in a checkout, no older than the sources it was built from."""
    if not BUNDLE.is_file() or not in_checkout():
        return BUNDLE.is_file()
    built = BUNDLE.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in frontend_sources())


def build_bundle() -> None:
    """Build the bundle where it is missing or old; end the build, saying why, when that fails."""
    if bundle_is_current():
        return
    if not (FRONTEND / "package-lock.json").is_file():
        sys.exit("tensorboard_candles: frontend/package-lock.json is missing, so the tab can't be built")
    try:
        run_npm("ci")
        run_npm("run", "build")
    except (NoNode, subprocess.CalledProcessError) as error:
        sys.exit(f"tensorboard_candles: the tab could not be built from frontend/: {error}")
    if not BUNDLE.is_file():
        sys.exit(f"tensorboard_candles: npm run build left no {BUNDLE.relative_to(ROOT)}")


class BuildPy(build_py):
    """build_py that makes the bundle first, except for an editable install."""

    def run(self) -> None:
        if not self.editable_mode:
            build_bundle()
        super().run()


class Sdist(sdist):
    """sdist that carries the built bundle, so that installing it needs neither Node nor npm."""

    def run(self) -> None:
        build_bundle()
        super().run()


setup(cmdclass={"build_py": BuildPy, "sdist": Sdist})
