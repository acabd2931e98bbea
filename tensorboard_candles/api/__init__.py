"""Query → columns: parameters in, one module per route, encoders out.

Each route module has a function that parses a request and one that computes and knows no HTTP. Their names,
parameters and answers are in `tensorboard_candles/http_api.md`.
"""

from tensorboard_candles.api.backend import Backend, backend_of
from tensorboard_candles.api.routes import routes

__all__ = ["Backend", "backend_of", "routes"]
