#!/usr/bin/env bash
# Prints a Python that is new enough for dwpw: $PYTHON if that is set, else the first that fits.
# Without one it says what it found and exits 1.
set -euo pipefail

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

candidates=(python3 python3.13 python3.12 python3.11)
if [[ -n ${PYTHON:-} ]]; then
    candidates=("$PYTHON")
fi
for candidate in "${candidates[@]}"; do
    if fits "$candidate"; then
        command -v "$candidate"
        exit
    fi
done

found=$("${candidates[0]}" --version 2>/dev/null) || found="no ${candidates[0]}"
echo "dwpw needs Python 3.11 or newer, and there is $found here." \
    "Install a newer one and name it: make PYTHON=/path/to/python3" >&2
exit 1
