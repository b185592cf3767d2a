#!/usr/bin/env bash
# Recompiles requirements/*.txt from pyproject.toml: exact versions with the registry's hashes, for Python 3.11 and
# later on every system. Keeps the versions there are; `make pins UPGRADE=1` takes the newest.
# Nothing of the machine it runs on gets into the files: no index address, no path (`make check` looks).
set -euo pipefail
cd "$(dirname "$0")/.."
unset UV_FIND_LINKS UV_EXTRA_INDEX_URL UV_INDEX UV_CONSTRAINT UV_OVERRIDE
export UV_CUSTOM_COMPILE_COMMAND="make pins"

source scripts/tools.sh
python=$(find_python)
uv=$(find_uv)
use_registry_of_pip
all=.keshi/pins.txt
sets=(web dev bench spark)
mkdir -p .keshi requirements

compile() { # <output> <arguments…>
    local output=$1
    shift
    "$uv" pip compile --quiet --no-config --universal --python-version 3.11 --no-emit-index-url \
        --no-emit-find-links "$@" -o "$output"
}

# One resolution of everything first, so that two files never disagree about a version.
: >"$all"
if [[ -z ${UPGRADE:-} ]]; then
    { grep -hE '^[a-z0-9][^ ]*==' requirements/*.txt 2>/dev/null || true; } | sed 's/ *\\$//' | sort -u >"$all"
fi
compile "$all" --no-annotate --no-header --all-extras pyproject.toml

for name in base "${sets[@]}"; do
    output=requirements/$name.txt
    extra=()
    [[ $name == base ]] || extra=(--extra "$name")
    [[ $name != dev ]] || extra+=(--extra web)
    rm -f "$output"
    compile "$output" --generate-hashes -c "$all" "${extra[@]}" pyproject.toml
    sed -i.bak '/^    #   -c /d' "$output" && rm -f "$output.bak"
done

rm -f requirements/uv.txt
echo "uv>=0.9" | compile requirements/uv.txt --generate-hashes -
