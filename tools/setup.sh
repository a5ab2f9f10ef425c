#!/bin/sh
# Installs what the other make verbs need: Debian packages, the two virtual environments, the imagery.
# Says nothing where all is there; one line per step otherwise, details in build/setup.log.
set -eu
export LC_ALL=C # the reasons are looked for in English
cd "$(dirname "$0")/.."

PYTHON=/usr/bin/python3
LOG=build/setup.log
PACKAGES="qgis python3-qgis python3-gdal python3-numpy python3-requests python3-venv
          xvfb xauth xdotool fonts-dejavu-core qttools5-dev-tools pyqt5-dev-tools"

fail() {
    echo "setup: $1" >&2
    exit 1
}

# step "what is done" "what to say when it fails" command...
step() {
    echo "setup: $1"
    why=$2
    shift 2
    echo "+ $*" >>"$LOG" || fail "this folder cannot be written to: is the disk full?"
    before=$(wc -l <"$LOG")
    "$@" >>"$LOG" 2>&1 </dev/null && return
    reason=$(tail -n "+$before" "$LOG" | cause)
    fail "$why${reason:+: $reason} (all of it is in $LOG)"
}

# The reason behind what apt, venv and pip say: pip calls a network that is away a missing distribution.
cause() {
    said=$(cat)
    case $said in
        *"No space left on device"*) echo "the disk is full" ;;
        *CERTIFICATE_VERIFY_FAILED*) echo "a certificate is not trusted; set PIP_CERT to your organisation's" ;;
        *"Temporary failure"* | *"Could not resolve"* | *"Failed to establish a new connection"* | \
            *"Network is unreachable"* | *"Name or service not known"* | *"ConnectTimeoutError"*)
            echo "the network cannot be reached; where it needs a proxy, set https_proxy" ;;
        *) echo "$said" | grep -E '^(E|ERROR): ' | tail -n 1 | sed 's/^[A-Z]*: //' ;;
    esac
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
    command -v dpkg-query >/dev/null || fail "this is no Debian; install what these are called here: $(echo $PACKAGES)"
    missing=$(echo $(missing_packages))
    [ -z "$missing" ] && return
    root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "there is no sudo; ask an administrator for: apt-get install $missing"
        root=sudo
        sudo -v || fail "sudo was refused; ask an administrator for: apt-get install $missing"
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

# QGIS as it is packaged may be too old for what is tested here.
recent_qgis() {
    has=$(dpkg-query -W -f '${source:Upstream-Version}' qgis)
    dpkg --compare-versions "$has" ge 3.22 || fail "QGIS 3.22 or later is needed, this system has $has"
}

mkdir -p build 2>/dev/null && [ -w build ] || fail "$(pwd) cannot be written to by $(id -un)"
exec 9>build/setup.lock
flock -n 9 || {
    echo "setup: waiting for another make that sets up here"
    flock 9
}
debian_packages
recent_qgis
environment .venv tools/requirements-dev.txt --system-site-packages --no-deps
environment .venv-sandbox sandbox/requirements.txt "" ""
imagery
