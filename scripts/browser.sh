#!/usr/bin/env bash
# The browser tests need a Chromium. Where none is found, fetches the system's one when it may, or says what to do.
set -euo pipefail

for name in ${KESHI_CHROMIUM:-chromium chromium-browser google-chrome}; do
    if command -v "$name" >/dev/null; then exit 0; fi
done

as_root=()
if [[ $EUID -ne 0 ]]; then
    if ! sudo -n true 2>/dev/null; then
        echo "browser tests need Chromium: install it (Debian, Ubuntu: sudo apt-get install chromium)," \
            "or name one: make test KESHI_CHROMIUM=/path/to/chrome" >&2
        exit 1
    fi
    as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
    echo "browser tests need Chromium: install it, or name one: make test KESHI_CHROMIUM=/path/to/chrome" >&2
    exit 1
fi
echo "fetching chromium for the browser tests"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -qq update >/dev/null
"${as_root[@]}" apt-get -qq install --no-install-recommends chromium >/dev/null
