"""What flags carry and nobody is to see: above all the token that a change must carry.

TensorBoard answers `GET data/environment` with all of its flags, to anybody; what is no text there is told by
its `str()`.
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path
from typing import Any

_MOST_CHARACTERS = 1024
SHORT = 16
"""Characters under which a token that was given can be guessed."""


class Secret:
    """A text that shows itself to nobody but to who asks for it by name.

    >>> secret = Secret("hunter2")
    >>> secret, f"{secret}", secret.reveal()
    (Secret(…), '…', 'hunter2')
    """

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def matches(self, guess: str) -> bool:
        """Whether it is this, told in a time that says nothing of where they differ.

        >>> Secret("hunter2").matches("hunter2"), Secret("hunter2").matches("hunter3"), Secret().matches("")
        (True, False, False)
        """
        same = hmac.compare_digest(self._text.encode(), guess.encode(errors="backslashreplace"))
        return same and bool(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __str__(self) -> str:
        return "…"

    def __repr__(self) -> str:
        return f"Secret({self})"


class Hidden:
    """Anything else that no dump of the flags is to show, as commands are.

    >>> hidden = Hidden(["train.py", "--key=hunter2"])
    >>> f"{hidden}", hidden.content[0]
    ('…', 'train.py')
    """

    __slots__ = ("content",)

    def __init__(self, content: Any) -> None:
        self.content = content

    def __str__(self) -> str:
        return "…"

    __repr__ = __str__


def new_token() -> Secret:
    """One that nobody can guess: 256 random bits.

    >>> len(new_token().reveal())
    43
    """
    return Secret(secrets.token_urlsafe(32))


def read_token(given: Secret) -> Secret:
    """What `--candles_token` says: the token itself, or `@` and the file that holds it.

    >>> read_token(Secret("correct-horse-battery")).reveal()
    'correct-horse-battery'

    ValueError where there is none in it, or one that no header can carry.
    """
    text = given.reveal()
    token = _in_file(text[1:]) if text.startswith("@") else text
    if not token:
        raise ValueError("the token is empty; give at least 16 letters and digits")
    if len(token) > _MOST_CHARACTERS or not all("!" <= character <= "~" for character in token):
        raise ValueError(
            f"a token is at most {_MOST_CHARACTERS} letters, digits and signs of ASCII, without spaces"
        )
    return Secret(token)


def _in_file(name: str) -> str:
    try:
        with Path(name).expanduser().open("rb") as opened:
            content = opened.read(_MOST_CHARACTERS + 64)
    except (OSError, RuntimeError) as error:
        raise ValueError(f"the token's file can't be read: {error}") from None
    return content.decode("latin-1").strip()
