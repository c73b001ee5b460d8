#!/bin/sh
# Makes the virtual environment FOLDER from requirements.lock, with uv or with pip.
#     PYTHON=python3.12 sh setup.sh .venv
set -eu
folder=$1
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
then
    echo "Layerwise needs Python 3.11, 3.12 or 3.13. Received: $("$python" --version)." >&2
    echo "Name another one: make PYTHON=python3.12 ..." >&2
    exit 1
fi

echo "Installing $(grep -c == requirements.lock) packages into $folder (a few minutes)"
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" "$folder"
    uv pip install --quiet --python "$folder/bin/python" --no-deps --require-hashes \
        -r requirements.lock
    uv pip install --quiet --python "$folder/bin/python" --no-deps \
        --no-build-isolation --editable .
else
    "$python" -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --no-deps --require-hashes \
        -r requirements.lock
    "$folder/bin/python" -m pip install --quiet --no-deps --no-build-isolation \
        --editable .
fi
