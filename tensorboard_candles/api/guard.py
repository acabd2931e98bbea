"""Who may change something: whose page asks, from where, and with which token.

Reading is free to whoever reaches TensorBoard, as all of TensorBoard is. What SECURITY.md says of changes is
decided here, from the request's own words and the flags; what proxies say (`X-Forwarded-…`) opens nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tensorboard_candles.api.audit import Audit
from tensorboard_candles.api.limits import Limit, client_of
from tensorboard_candles.api.peers import is_of_another_user
from tensorboard_candles.errors import Forbidden, TooMany
from tensorboard_candles.hosts import (
    AllowedHosts,
    Authority,
    authority_of,
    is_loopback,
    is_same,
    origin_of,
)
from tensorboard_candles.tokens import SHORT, Secret, new_token

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

logger = logging.getLogger(__name__)

Needs = Literal["control", "launch"]
TOKEN_HEADER = "X-Candles-Token"
_FLAG_OF: Mapping[Needs, str] = {"control": "--candles_control", "launch": "--candles_experiments FILE"}
_FORWARDED = "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED", "HTTP_X_REAL_IP"
"""How headers begin that proxies add: many say by which scheme or below which path they were asked, and not
for whom."""
_EVERYBODY = ""


@dataclass(slots=True)
class Limits:
    """How often: a person who clicks, or a script that starts a sweep, meets none of them."""

    of_client: Limit = field(default_factory=lambda: Limit(burst=120, per_sec=2.0))
    of_all: Limit = field(default_factory=lambda: Limit(burst=600, per_sec=10.0))
    wrong_tokens: Limit = field(default_factory=lambda: Limit(burst=200, per_sec=1.0))
    refused_lines: Limit = field(default_factory=lambda: Limit(burst=1000, per_sec=1.0))
    """Refusals that are told in the audit log: they must not push out what was done."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What the flags allow, and the token that a change must carry.

    >>> guard = Guard(control=True)
    >>> page = {"HTTP_HOST": "localhost:6006", "REMOTE_ADDR": "127.0.0.1"}
    >>> guard.why_not(page)
    ''
    >>> guard.why_not({**page, "HTTP_ORIGIN": "http://evil.example"})
    'asked by a page of another site (Origin)'
    """

    control: bool = False
    launch: bool = False
    given_token: Secret | None = None
    """Of `--candles_token`; without it a token is made, and handed to the page."""
    hosts: AllowedHosts = field(default_factory=AllowedHosts)
    audit: Audit = field(default_factory=lambda: Audit(()))
    limits: Limits = field(default_factory=Limits)
    _made_token: Secret = field(default_factory=new_token)

    def __post_init__(self) -> None:
        if (self.control or self.launch) and (warning := self._open_to_others() or self._weak()):
            logger.warning("Candles: %s", warning)

    @property
    def token(self) -> Secret:
        return self.given_token or self._made_token

    def admit(self, environ: WSGIEnvironment, needs: Needs) -> None:
        """Returns where the request may change something of that kind; else raises Forbidden, or TooMany."""
        if not getattr(self, needs):
            raise Forbidden(f"this TensorBoard was started without {_FLAG_OF[needs]}")
        if why := self.why_not(environ) or _foreign_fetch(environ, allowed=("same-origin",)):
            raise Forbidden(why)
        client = client_of(environ.get("REMOTE_ADDR") or "")
        self._check_token(environ.get("HTTP_X_CANDLES_TOKEN"), client)
        _take(self.limits.of_client, client, "one client may ask for changes")
        _take(self.limits.of_all, _EVERYBODY, "changes may be asked for")

    def note(self, **said: Any) -> None:
        """A line in the audit log, without the token."""
        self.audit.note(hidden=(self.token.reveal(),), **said)

    def why_not(self, environ: WSGIEnvironment | Mapping[str, Any]) -> str:
        """Why this request may change nothing, whatever token it has; nothing where it may."""
        host = authority_of(environ.get("HTTP_HOST") or "")
        if host is None:
            return "the request does not say which Host it asks"
        if not self.hosts.has(host):
            return (
                f"this TensorBoard is not known as {host.host}; if it is yours, start it with "
                f"--candles_allow_host {host.host}"
            )
        return (
            self._open_to_others()
            or self._foreign_client(environ, host)
            or self._foreign_page(environ, host)
            or _foreign_fetch(environ, allowed=("same-origin", "none"))
        )

    def _open_to_others(self) -> str:
        if self.given_token or not self.hosts.is_public:
            return ""
        return (
            "others reach this TensorBoard (--bind_all or --host), so changing anything needs "
            "--candles_token; reading goes on"
        )

    def _weak(self) -> str:
        if self.given_token is None or len(self.given_token.reveal()) >= SHORT:
            return ""
        return f"--candles_token has fewer than {SHORT} characters, which can be guessed"

    def _foreign_client(self, environ: Mapping[str, Any], host: Authority) -> str:
        """Bound to this machine alone and yet asked by another: something unknown stands in between."""
        if self.given_token:
            return ""
        client = environ.get("REMOTE_ADDR") or ""
        if not is_loopback(client):
            return f"asked by {client[:64] or 'who knows whom'}, not this machine: that needs --candles_token"
        if any(name.startswith(_FORWARDED) for name in environ) and not self.hosts.is_named(host):
            return "asked through a proxy: that needs --candles_token, or its name in --candles_allow_host"
        # A proxy that was named may well be of a user of its own.
        if not self.hosts.is_named(host) and is_of_another_user(environ):
            return "asked by another user of this machine: that needs --candles_token"
        return ""

    def _foreign_page(self, environ: Mapping[str, Any], host: Authority) -> str:
        given = environ.get("HTTP_ORIGIN")
        if given is None:
            return ""
        origin = origin_of(given)
        if origin and (is_same(origin, host) or self.hosts.names_origin(origin)):
            return ""
        return "asked by a page of another site (Origin)"

    def _check_token(self, given: str | None, client: str) -> None:
        if not given:
            raise Forbidden(f"a change must carry the token, in the header {TOKEN_HEADER}")
        if wait_secs := self.limits.wrong_tokens.wait_secs(client):
            raise TooMany("too many wrong tokens; try again later", retry_secs=wait_secs)
        if not self.token.matches(given):
            self.limits.wrong_tokens.take(client)
            raise Forbidden(f"the token in {TOKEN_HEADER} is not this TensorBoard's; reload the page")


def _foreign_fetch(environ: Mapping[str, Any], *, allowed: tuple[str, ...]) -> str:
    # Browsers that know the header send it wherever it can be trusted; others send `Origin`.
    given = environ.get("HTTP_SEC_FETCH_SITE")
    return "" if given is None or given in allowed else "asked by a page of another site (Sec-Fetch-Site)"


def _take(limit: Limit, client: str, what: str) -> None:
    if wait_secs := limit.take(client):
        raise TooMany(f"{what} only so often; try again in {wait_secs:.1f} s", retry_secs=wait_secs)
