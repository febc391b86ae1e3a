#!/usr/bin/env bash
# Makes or updates .venv: setup_venv.sh [EXTRA]. Leaves a stamp .venv/installed[-EXTRA] for make.
set -euo pipefail
cd "$(dirname "$0")/.." && root=$(pwd -P)
extra=${1:-}

# An environment holds absolute paths: it is of no use after the checkout has moved, or after the
# Python that it was made with has gone.
if [[ $(cat .venv/location 2>/dev/null) != "$root" ]] || ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(scripts/find_python.sh)
    "$python" -m venv --clear .venv
    echo "$root" >.venv/location
fi

echo "Installing Python packages into .venv (takes a minute or two the first time)"
# The first variable is for the packages, the second for what builds them (pip 25.3 and later).
export PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt
export PIP_USER=0 # some machines make --user the default, which no environment can follow
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".${extra:+[$extra]}"
if [[ -n $extra ]]; then
    # What the tools would do in the middle of the tests.
    .venv/bin/python -m soc.fpga.tools
fi
touch .venv/installed ${extra:+".venv/installed-$extra"}
