#!/bin/sh
# All static checks, each run to its end; fails if any of them does.
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin
failed=

check() {
    "$@" || failed="$failed $(basename "$1")"
}

check $bin/ruff check -q .
check $bin/ruff format -q --check --diff .
check $bin/mypy -p mapflow_data
# what QGIS 3.22 brings on Windows is Python 3.9; annotations are never evaluated there
check $bin/vermin --quiet --no-tips --violations --target=3.9- --no-parse-comments --no-eval-annotations \
    --backport typing __init__.py mapflow_data

if [ -n "$failed" ]; then
    echo "lint: failed:$failed" >&2
    exit 1
fi
echo "lint: all well"
