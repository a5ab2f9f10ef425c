#!/bin/sh
# Collects the words for people from code and forms into i18n/*.ts, and compiles those to .qm beside them.
# A new language: touch i18n/mapflow_data_<code>.ts, then make i18n.
set -eu
cd "$(dirname "$0")/.."
LRELEASE=/usr/lib/qt5/bin/lrelease
sources=$(find mapflow_data ui -name '*.py' -o -name '*.ui' 2>/dev/null | LC_ALL=C sort)

for ts in i18n/*.ts; do
    [ -e "$ts" ] || exit 0
    qm="${ts%.ts}.qm"
    [ -z "$(find $sources "$ts" -newer "$qm" 2>/dev/null || echo new)" ] && continue
    /usr/bin/pylupdate5 -noobsolete -tr-function tr $sources -ts "$ts" >/dev/null
    "$LRELEASE" -silent "$ts" -qm "$qm"
done
