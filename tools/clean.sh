#!/bin/sh
# Removes all that make made. Refuses where something is mounted below, since rm would go into it.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)
made="build .venv .venv-sandbox .mypy_cache .pytest_cache .ruff_cache"

for folder in $made; do
    mounted=$(cut -d ' ' -f 5 /proc/self/mountinfo | grep -E "^$here/$folder(/|\$)" || true)
    [ -z "$mounted" ] || { echo "clean: something is mounted at" $mounted "- unmount it first" >&2; exit 1; }
    [ ! -L "$folder" ] || { echo "clean: $folder is a link, not removed" >&2; exit 1; }
done
rm -rf $made
rm -f i18n/*.qm
find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
