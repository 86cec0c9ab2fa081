#!/usr/bin/env bash
# Makes .venv with the first Python >= 3.12 found, and installs TapeFlow into it, editable, with the dev extra.
set -euo pipefail
cd "$(dirname "$0")/.."

# A pyenv shim may stand on PATH for a version that is not selected here: only running it tells.
fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.14 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        if fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

if ! [ -x .venv/bin/python ] || ! fits .venv/bin/python; then
    if ! python=$(find_python); then
        cat >&2 <<'TEXT'
TapeFlow needs Python 3.12 or newer, with its venv module; none was found.
Install one of these, then run make again:
  Debian, Ubuntu   apt install python3.13 python3.13-venv
  Fedora           dnf install python3.13
  macOS            brew install python@3.13
  anywhere         pyenv install 3.13
or name the one to use: make venv PYTHON=/path/to/python3
TEXT
        exit 1
    fi
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi

.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
touch .venv/.ready
