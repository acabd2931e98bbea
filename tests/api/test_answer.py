from __future__ import annotations

import json
import math

import numpy as np
import safetensors.numpy
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Request

from tensorboard_candles.api.answer import Table, not_modified, to_csv, to_list, to_safetensors
from tensorboard_candles.ohlc import NO_STEP

TABLE = Table({"run": "r"}, {"step": np.array([1, NO_STEP]), "value": np.array([0.1, math.nan])})


def test_csv_has_a_header_and_leaves_empty_what_is_missing() -> None:
    assert to_csv(TABLE) == "step,value\n1,0.1\n,\n"


def test_json_has_null_for_what_is_missing_and_the_very_same_doubles() -> None:
    assert to_list(TABLE.columns["step"]) == [1, None]
    assert (
        json.dumps(to_list(np.array([np.float64(np.float32(0.1)), math.inf])))
        == "[0.10000000149011612, null]"
    )


def test_arrays_of_one_series_have_plain_names_and_those_of_several_a_number_before() -> None:
    assert set(safetensors.numpy.load(to_safetensors("points", [TABLE]))) == {"step", "value"}
    assert set(safetensors.numpy.load(to_safetensors("points", [TABLE, TABLE]))) == {
        "0/step",
        "0/value",
        "1/step",
        "1/value",
    }


def test_a_304_carries_what_tensorboard_wants_of_every_response() -> None:
    request = Request(EnvironBuilder(headers=Headers({"If-None-Match": 'W/"abc"'})).get_environ())
    response = not_modified(request, "abc")
    assert response is not None
    _, status, headers = run_wsgi_app(response, request.environ)
    assert (status, headers["Content-Type"], headers["X-Content-Type-Options"]) == (
        "304 NOT MODIFIED",
        "application/json",
        "nosniff",
    )
    assert not_modified(request, "other") is None
