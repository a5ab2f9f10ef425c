#!/bin/sh
# Installs what the other make verbs need: Debian packages, the two virtual environments, the imagery.
# Says nothing where all is there; one line per step otherwise, details in build/setup.log.
set -eu
cd "$(dirname "$0")/.."

PYTHON=/usr/bin/python3
LOG=build/setup.log
PACKAGES="qgis python3-qgis python3-gdal python3-numpy python3-requests python3-venv
          xvfb xauth xdotool fonts-dejavu-core qttools5-dev-tools pyqt5-dev-tools"

fail() {
    echo "setup: $1 (see $LOG)" >&2
    exit 1
}

# step "what is done" "what to say when it fails" command...
step() {
    echo "setup: $1"
    why=$2
    shift 2
    { echo "+ $*"; "$@"; } >>"$LOG" 2>&1 </dev/null && return
    fail "$why$(tail -n 20 "$LOG" | grep -E '^(E|ERROR):' | tail -n 1 | sed 's/^[A-Z]*:/:/')"
}

missing_packages() {
    for package in $PACKAGES; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

# The sum of files' contents and of the interpreter: what an environment was made from.
sum_of() {
    { "$PYTHON" --version; cat "$@"; } | sha256sum | cut -d ' ' -f 1
}

is_made() { # stamp, sum
    [ "$(cat "$1" 2>/dev/null)" = "$2" ]
}

debian_packages() {
    command -v dpkg-query >/dev/null || fail "no dpkg here; install by hand: $(echo $PACKAGES)"
    missing=$(echo $(missing_packages))
    [ -z "$missing" ] && return
    root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "cannot install without root or sudo: $missing"
        root=sudo
        sudo -v || fail "sudo was refused, so these are missing: $missing"
    fi
    step "looking up Debian packages" "apt-get update failed" \
        $root apt-get update -q
    step "installing $missing" "apt could not install: $missing" \
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $missing
}

# environment NAME REQUIREMENTS VENV-OPTION PIP-OPTION
environment() {
    sum=$(sum_of "$2")
    is_made "$1/made-from" "$sum" && return
    rm -rf "$1"
    step "making $1" "cannot make $1" "$PYTHON" -m venv $3 "$1"
    step "installing $2 into $1" "pip could not install $2" \
        "$1/bin/python" -m pip install -q --disable-pip-version-check $4 -r "$2"
    echo "$sum" >"$1/made-from"
}

imagery() {
    sum=$(sum_of sandbox/imagery.py sandbox/requirements.txt)
    is_made build/data/made-from "$sum" && return
    step "fetching the imagery" "cannot fetch the imagery" .venv-sandbox/bin/python -m sandbox.imagery build/data
    echo "$sum" >build/data/made-from
}

mkdir -p build
exec 9>build/setup.lock
flock 9
debian_packages
environment .venv tools/requirements-dev.txt --system-site-packages --no-deps
environment .venv-sandbox sandbox/requirements.txt "" ""
imagery
