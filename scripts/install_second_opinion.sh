#!/usr/bin/env bash
# Installs TFLite Micro beside LiteRT, for `make test-full` and `make exactness`. PyPI has nightly
# versions only, and not for every machine: nothing depends on it, and a word says when it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

installed() {
    .venv/bin/python -c 'import tflite_micro' 2>/dev/null
}

# What it needs (flatbuffers, numpy, pyyaml) is there already, in the versions of constraints.txt.
installed ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --pre --no-deps tflite-micro \
        >/dev/null 2>&1 ||
    true
installed || echo "tflite-micro cannot be installed here: no second opinion beside LiteRT's"
