#!/bin/sh
# Compiles i18n/*.ts to .qm beside them; with "update", first collects the words for people from code and forms.
# A new language: touch i18n/mapflow_data_<code>.ts, then make i18n.
set -eu
cd "$(dirname "$0")/.."
LRELEASE=/usr/lib/qt5/bin/lrelease

update() {
    [ -s "$1" ] || rm "$1" # which makes pylupdate begin a new one
    sources=$(find mapflow_data ui \( -name '*.py' -o -name '*.ui' \) | LC_ALL=C sort)
    PYTHONWARNINGS=ignore /usr/bin/pylupdate5 -noobsolete -tr-function tr $sources -ts "$1"
    sed -i '/<location /d' "$1" # line numbers would change with every edit of the code
}

for ts in i18n/*.ts; do
    [ -e "$ts" ] || continue
    [ "${1:-}" != update ] || update "$ts"
    qm="${ts%.ts}.qm"
    [ -n "$(find "$qm" -newer "$ts" 2>/dev/null)" ] || "$LRELEASE" -silent "$ts" -qm "$qm"
done
