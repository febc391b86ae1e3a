#!/usr/bin/env bash
# Installs the Debian packages that dwpw needs and that are missing. Silent when all are there.
# Each is found by what we use of it, so that tools that came another way count as well.
set -euo pipefail
cd "$(dirname "$0")"

has_command() {
    command -v "$1" >/dev/null
}

has_python_with_venv() {
    # A python3 that is too old is no reason to install another package: setup_venv.sh reports it.
    if ! python=$(./find_python.sh 2>/dev/null); then
        has_command python3
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null
    fi
}

has_perl_modules() {
    perl -MPod::Usage -e 1 2>/dev/null # perl-base, which every Debian has, lacks it
}

has_header() {
    g++ -E -x c++ -include "$1" /dev/null >/dev/null 2>&1
}

has_picolibc() {
    riscv64-unknown-elf-gcc --specs=picolibc.specs -E -x c -include stdint.h /dev/null \
        >/dev/null 2>&1
}

missing=()
need() {
    "${@:2}" || missing+=("$1")
}

need python3-venv has_python_with_venv
need make has_command make                # Verilator's output is built with make
need perl has_perl_modules                # Verilator's front end
need g++ has_command g++                  # the simulator
need liblz4-dev has_header lz4.h          # traces (--trace FILE.fst)
need zlib1g-dev has_header zlib.h         # traces
need gcc-riscv64-unknown-elf has_command riscv64-unknown-elf-gcc
need binutils-riscv64-unknown-elf has_command riscv64-unknown-elf-objdump
need picolibc-riscv64-unknown-elf has_picolibc

if ((${#missing[@]} == 0)); then
    exit
fi
if ! has_command apt-get; then
    echo "missing: ${missing[*]} (names of Debian packages; there is no apt-get here)" >&2
    exit 1
fi
as_root=()
if ((EUID != 0)); then
    if ! has_command sudo; then
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
