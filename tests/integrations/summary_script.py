"""One script that uses all that a SummaryWriter has, for any writer of that interface."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch


def log_everything(writer_class: type, logdir: Path) -> None:
    """Numbers are the same at each call; every other wall time is given."""
    make = np.random.default_rng(0)
    torch.manual_seed(0)
    with writer_class(logdir / "run", max_queue=5, flush_secs=30, filename_suffix=".mine") as writer:
        _scalars(writer)
        _distributions(writer, make)
        _pictures(writer, make)
        _charts(writer, make)
        _model(writer, make)
        writer.add_hparams(
            {"lr": 0.1, "layers": 3, "bias": True, "optimizer": "sgd"},
            {"hparam/accuracy": 0.75, "hparam/loss": torch.tensor(0.5)},
            hparam_domain_discrete={"layers": [1, 2, 3]},
            run_name="trial",
            global_step=9,
        )
        writer.flush()
    writer.add_scalar("after close", 1.0, 100)
    writer.close()
    writer.close()
    with writer_class(log_dir=str(logdir / "run"), purge_step=7) as resumed:
        resumed.add_scalar("loss", -1.0, 7)


def _scalars(writer: Any) -> None:
    for step in range(10):
        writer.add_scalar("loss", 1 / (step + 1), step)
        writer.add_scalar("given/time", step, step, walltime=1000.0 + step / 4)
        writer.add_scalars("pair/of", {"a": step, "b": torch.tensor(float(step))}, step, walltime=2000.0)
    writer.add_scalars("pair/of", {"a": 10}, 10)
    writer.add_scalar("epoch zero", 1.0, walltime=0.0)
    for tag, value in _values().items():
        writer.add_scalar(f"kinds/{tag}", value, global_step=np.int64(3))
    writer.add_scalar("step/float", 1.0, 2.75)
    writer.add_scalar("step/text", 1.0, "12")
    writer.add_scalar("step/tensor", 1.0, torch.tensor(2**40))
    writer.add_scalar("new", 0.1, 1, new_style=True)
    writer.add_scalar("new/double", np.float64(0.1), 1, 5.0, new_style=True, double_precision=True)
    writer.add_scalar("old/double", 0.1, 1, double_precision=True)
    writer.add_tensor("tensor", torch.arange(6.0).reshape(2, 3), 4)


def _values() -> dict[str, Any]:
    return {
        "int": 7,
        "bool": True,
        "nan": float("nan"),
        "inf": -float("inf"),
        "text": "0.25",
        "numpy": np.float64(1 / 3),
        "array": np.array([[0.5]]),
        "tensor": torch.tensor([[2.5]], requires_grad=True),
        "half": torch.tensor(0.1, dtype=torch.float16),
        "bfloat": torch.tensor(0.1, dtype=torch.bfloat16),
        "integers": torch.tensor(2**40),
    }


def _distributions(writer: Any, make: np.random.Generator) -> None:
    for step in range(3):
        writer.add_histogram("weights", make.normal(step, 1, 1000), step)
        writer.add_histogram("bins", torch.linspace(0, 1, 50), step, bins="auto", walltime=3.0, max_bins=10)
    counts, limits = np.histogram(make.normal(size=100), bins=8)
    writer.add_histogram_raw(
        "raw",
        min=-1.0,
        max=1.0,
        num=100,
        sum=2.0,
        sum_squares=90.0,
        bucket_limits=limits[1:].tolist(),
        bucket_counts=counts.tolist(),
        global_step=1,
    )
    labels, guesses = make.integers(2, size=100), make.random(100)
    writer.add_pr_curve("curve", labels, guesses, 1)
    rows = [make.random(5).tolist() for _ in range(6)]
    writer.add_pr_curve_raw("curve/raw", *rows, global_step=1, num_thresholds=5, walltime=4.0)


def _pictures(writer: Any, make: np.random.Generator) -> None:
    picture = make.random((3, 8, 10))
    writer.add_image("image", picture, 1)
    writer.add_image("image/hwc", torch.from_numpy(picture).permute(1, 2, 0), 1, 6.0, dataformats="HWC")
    writer.add_images("images", make.integers(0, 256, (5, 3, 4, 6)).astype(np.uint8), 2)
    boxes = np.array([[1.0, 1.0, 6.0, 5.0]])
    writer.add_image_with_boxes("boxes", picture, boxes, 1, labels=["cat"])
    writer.add_video("video", torch.from_numpy(make.random((1, 4, 3, 8, 8))), 1, fps=2)
    writer.add_audio("audio", torch.sin(torch.arange(200.0) / 5)[None], 1, sample_rate=8000)
    figure = import_module("matplotlib.figure").Figure(figsize=(1, 1))
    figure.add_subplot().plot([0, 1])
    writer.add_figure("figure", figure, 1, close=False)


def _charts(writer: Any, make: np.random.Generator) -> None:
    writer.add_text("note", "some *Markdown* ✓", 1, walltime=7.0)
    writer.add_custom_scalars_multilinechart(["loss", "new"])
    writer.add_custom_scalars_marginchart(["loss", "new", "given/time"], category="c", title="t")
    writer.add_custom_scalars({"mine": {"losses": ["Multiline", ["loss"]]}})
    points = torch.from_numpy(make.random((1, 4, 3)))
    faces = torch.tensor([[[0, 1, 2], [1, 2, 3]]])
    writer.add_mesh("mesh", points, colors=points * 255, faces=faces, global_step=2)


def _model(writer: Any, make: np.random.Generator) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    writer.add_graph(model, torch.zeros(1, 3))
    pictures = torch.from_numpy(make.random((4, 3, 5, 5)))
    writer.add_embedding(make.random((4, 3)), metadata=["a", "b", "c", "d"], label_img=pictures)
    writer.add_embedding(
        torch.eye(2), metadata=[["x", "1"], ["y", "2"]], global_step=3, tag="two", metadata_header=["n", "v"]
    )
