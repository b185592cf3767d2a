# Sourced by setup.sh and pins.sh: where Python and uv are. Fetches a pinned uv into .keshi/tools when there is none.

die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if command -v "$name" >/dev/null \
            && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$name" -c 'import sys; print(sys._base_executable)' # not the one of an active .venv
            return
        fi
    done
    die "Python 3.11 or newer is needed. Install it (Debian: apt-get install python3 python3-venv)" \
        "or name one: make setup PYTHON=/path/to/python3.11"
}

find_uv() { # the one on the path, the one fetched before, or a pinned one fetched now
    local tools=.keshi/tools pins=requirements/uv.txt
    if command -v uv >/dev/null; then command -v uv; return; fi
    for found in "$tools/bin/uv" "$tools/site/bin/uv"; do
        if "$found" --version >/dev/null 2>&1; then echo "$found"; return; fi
    done
    echo "setup: fetching uv into $tools" >&2
    rm -rf "$tools"
    mkdir -p "$tools"
    if "$python" -m venv "$tools" >/dev/null 2>&1 \
        && "$tools/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$pins" >&2; then
        echo "$tools/bin/uv"
    elif "$python" -m pip --version >/dev/null 2>&1 \
        && "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$pins" \
            --target "$tools/site" >&2; then
        echo "$tools/site/bin/uv"
    else
        die "uv could not be fetched. With no venv or pip here, install them (Debian: apt-get install python3-venv)" \
            "or put uv on the PATH; with them, see pip's message above: is a package registry reachable?"
    fi
}

use_registry_of_pip() { # uv reads no pip.conf: tell it, for this run only, which registry and certificates pip would use
    local index store
    if [[ -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]]; then
        index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
        [[ -z $index ]] || export UV_DEFAULT_INDEX=$index
    fi
    for store in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
        if [[ -z ${SSL_CERT_FILE:-} && -e $store ]]; then export SSL_CERT_FILE=$store; fi
    done
}
