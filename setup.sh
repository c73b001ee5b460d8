#!/bin/sh
# Makes the virtual environment FOLDER with uv or with pip: what a reader needs, from
# requirements.lock, and what each EXTRA of pyproject.toml adds to it.
#     PYTHON=python3.12 sh setup.sh FOLDER [EXTRA ...]
#     sh setup.sh .venv dev hub
set -eu
folder=$1
shift
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
then
    echo "Layerwise needs Python 3.11, 3.12 or 3.13. Received: $("$python" --version)." >&2
    echo "Name another one: make PYTHON=python3.12 ..." >&2
    exit 1
fi

locks=requirements.lock
for extra in "$@"; do
    if [ ! -f "requirements-$extra.lock" ]; then
        echo "There is no extra '$extra' with a requirements-$extra.lock." >&2
        exit 1
    fi
    locks="$locks requirements-$extra.lock"
done
# shellcheck disable=SC2046,SC2086  # One word for each file.
set -- $(printf -- ' -r %s' $locks)
# shellcheck disable=SC2086
count=$(($(cat $locks | sed -n 's/^\([^ ]*==[^ ]*\) .*/\1/p' | sort -u | wc -l)))

# pip says what it collects, and nothing while it installs: here with a count.
say_progress() {
    number=0 new=0 complete='' teller=''
    while read -r first second rest; do
        case $first in
            Ignoring) count=$((count - 1)) ;;
            Requirement) number=$((number + 1)) ;; # It is there already.
            Collecting | Processing)
                number=$((number + 1)) new=$((new + 1))
                echo "  $number of $count: ${second##*/}" ;;
            Downloading) echo "      $second $rest" ;;
            Installing)
                say_installed "$(count_installed)" "$new" &
                teller=$! ;;
            complete) complete=yes ;;
        esac
    done
    [ -z "$teller" ] || kill "$teller" 2>/dev/null || true
    [ -n "$complete" ]
}

say_installed() {
    while sleep 5 && kill -0 $$ 2>/dev/null; do
        echo "  $(($(count_installed) - $1)) of $2 are installed"
    done
}

count_installed() {
    find "$folder"/lib/python*/site-packages -maxdepth 1 -name '*.dist-info' | wc -l
}

echo "Installing about $count packages into $folder (a few minutes)"
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" "$folder"
    uv pip install --python "$folder/bin/python" --no-deps --require-hashes "$@"
    uv pip install --quiet --python "$folder/bin/python" --no-deps \
        --no-build-isolation --editable .
else
    "$python" -m venv "$folder"
    # The status of a pipe is its last command's, so pip's success is a line of its own.
    { "$folder/bin/python" -m pip install --progress-bar off --no-deps \
        --require-hashes "$@" && echo complete; } | say_progress
    "$folder/bin/python" -m pip install --quiet --no-deps --no-build-isolation \
        --editable .
fi

# A wheel brings it along, and an editable installation does not: it has Jupyter's server
# load what keeps students' scripts out of formgrader's pages.
place=$folder/etc/jupyter/jupyter_server_config.d
mkdir -p "$place"
cp autograder/jupyter/data_files/layerwise.json "$place"
