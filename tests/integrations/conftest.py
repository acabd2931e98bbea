"""Ray looks at its environment once, when it is first imported, and other frameworks import it, too."""

from __future__ import annotations

import os
import secrets

os.environ["RAY_AUTH_MODE"] = "token"
os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)  # of a cluster that is ours alone
