#!/usr/bin/env bash
# Make sure that the browser tests have a Chromium: the machine's own, else Debian's through apt.
set -euo pipefail

found() {
    command -v chromium || command -v chromium-browser || command -v google-chrome-stable || command -v google-chrome
}

if found >/dev/null; then
    exit 0
fi
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    echo "No Chromium found; installing it through apt."
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
fi
if ! found >/dev/null; then
    echo "The browser tests need Chromium and it can't be installed from here." >&2
    echo "Install it (Debian: sudo apt-get install chromium) and run make test again." >&2
    exit 1
fi
