#!/usr/bin/env bash
# Installs what is missing of python3-venv and of system_packages.txt; of what only tests need, when
# called as `system_packages.sh tests`. Silent when all is there.
set -euo pipefail
cd "$(dirname "$0")"
wanted=${1:-}

has_python_with_venv() {
    # One that made .venv did its work already; looking again would cost every start a moment.
    [[ -f ../.venv/location && -x ../.venv/bin/python ]] && return
    # A python3 that is too old is no reason to install another package: setup_venv.sh reports it.
    if ! python=$(./find_python.sh 2>/dev/null); then
        command -v python3 >/dev/null
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null
    fi
}

missing=()
has_python_with_venv || missing+=(python3-venv)
while IFS='|' read -r _ package _ part probe; do
    [[ ${part// /} != tests || $wanted == tests ]] || continue
    bash -c "$probe" >/dev/null 2>&1 </dev/null || missing+=("${package// /}")
done < <(grep -v '^#' system_packages.txt)

if ((${#missing[@]} == 0)); then
    exit
fi
if ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]} (names of Debian packages; there is no apt-get here)" >&2
    exit 1
fi
as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "missing packages, and neither root nor sudo to install them. As root:" \
            "apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

echo "Installing Debian packages: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >"$log" 2>&1
}
# A failed update may be the fault of a source that we do not need; install has the last word.
apt update || cat "$log" >&2
if ! apt install --yes --no-install-recommends "${missing[@]}"; then
    cat "$log" >&2
    echo "apt-get could not install ${missing[*]}" >&2
    exit 1
fi
