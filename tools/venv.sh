#!/bin/sh
# Make a virtual environment with the first Python of at least 3.11. Usage: tools/venv.sh PYTHON FOLDER
set -eu
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for python in "$1" python3 python3.13 python3.12 python3.11; do
    if command -v "$python" >/dev/null 2>&1 && "$python" -c "$new_enough" 2>/dev/null; then
        found=$python
        break
    fi
done
if [ -z "${found:-}" ]; then
    echo "arcore needs Python 3.11 or newer; none was found. Name one with: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$found" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    else
        echo "This Python can't make virtual environments. On Debian: apt-get install python3-venv" >&2
        exit 1
    fi
fi
"$found" -m venv "$2"
