#!/bin/sh
# Compiles i18n/*.ts to .qm beside them; with "update", first collects the words for people from code and forms.
# "collect FILE" puts those words into FILE alone. A new language: see docs/development.md.
set -eu
cd "$(dirname "$0")/.."
LRELEASE=/usr/lib/qt5/bin/lrelease

collect() {
    copy=$(mktemp -d)
    cp -r mapflow_data ui "$copy"
    # pylupdate does not see a call whose last argument has a comma behind it
    find "$copy" -name '*.py' -exec sed -i -z 's/,\n *)/)/g' {} +
    sources=$(find "$copy" \( -name '*.py' -o -name '*.ui' \) | LC_ALL=C sort)
    PYTHONWARNINGS=ignore /usr/bin/pylupdate5 -noobsolete -tr-function tr $sources -ts "$1"
    rm -r "$copy"
    sed -i '/<location /d' "$1" # line numbers would change with every edit of the code
}

if [ "${1:-}" = collect ]; then
    collect "$2"
    exit
fi
for ts in i18n/*.ts; do
    [ -e "$ts" ] || continue
    if [ "${1:-}" = update ]; then
        [ -s "$ts" ] || rm "$ts" # which makes pylupdate begin a new one
        collect "$ts"
    fi
    qm="${ts%.ts}.qm"
    [ -n "$(find "$qm" -newer "$ts" 2>/dev/null)" ] || "$LRELEASE" -silent "$ts" -qm "$qm"
done
