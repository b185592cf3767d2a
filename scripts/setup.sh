#!/usr/bin/env bash
# Makes .venv with exactly the pinned packages, and the site's style sheets, scripts and fonts in .keshi. Usage: scripts/setup.sh [set …]   (sets: requirements/<set>.txt)
# Needs Python 3.11 or newer and a package registry; fetches uv by itself and touches nothing outside the checkout.
# Runs in a blink when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
unset VIRTUAL_ENV CONDA_PREFIX PYTHONPATH PYTHONHOME

venv=.venv
extra=("$@")
source scripts/tools.sh

digest() { # of everything the environment is made from, and where it stands
    { cat requirements/dev.txt pyproject.toml src/keshi/__init__.py "$0"; version "$python"; pwd; } | python_sum
}
version() { "$1" -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null || true; }
python_sum() { "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }

python=$(find_python)
mkdir -p .keshi
for set in "${extra[@]}"; do
    [[ -f requirements/$set.txt ]] || die "there is no requirements/$set.txt"
done

stamp=$venv/.keshi-setup
now=$(digest)
if [[ ! -x $venv/bin/keshi || ! -f $stamp || $(<"$stamp") != "$now" ]]; then
    uv=$(find_uv)
    use_registry_of_pip
    [[ $(version "$venv/bin/python") == "$(version "$python")" ]] \
        || "$uv" venv --quiet --clear --python "$python" "$venv"
    "$uv" pip sync --quiet --require-hashes --python "$venv/bin/python" requirements/dev.txt
    "$uv" pip install --quiet --no-deps --no-build-isolation --python "$venv/bin/python" -e .
    rm -f "$venv"/.keshi-setup-*
    printf '%s\n' "$now" >"$stamp"
    echo "setup: $venv is ready ($("$venv/bin/python" --version))"
fi

for set in "${extra[@]}"; do # more packages on top, kept until the next change of the pins
    stamp=$venv/.keshi-setup-$set
    now=$(python_sum <"requirements/$set.txt")
    if [[ ! -f $stamp || $(<"$stamp") != "$now" ]]; then
        uv=${uv:-$(find_uv)}
        use_registry_of_pip
        "$uv" pip install --quiet --require-hashes --python "$venv/bin/python" -r "requirements/$set.txt"
        printf '%s\n' "$now" >"$stamp"
        echo "setup: requirements/$set.txt added"
    fi
done

"$venv/bin/python" scripts/assets.py
"$venv/bin/python" scripts/translations.py --compile
