#!/bin/sh
# deps.sh DEBIAN... -- BREW...: install what is missing, by the package manager that is there.
# Where there is none that we know, say what is needed and go on: the compiler will tell the rest.
set -eu
debian= brew= seen=
for p in "$@"; do
    if [ "$p" = -- ]; then seen=1
    elif [ -z "$seen" ]; then debian="$debian $p"
    else brew="$brew $p"
    fi
done
if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    missing=
    for p in $debian; do
        dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
    done
    [ -n "$missing" ] || exit 0
    as=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "These packages are missing, and there is no sudo here. As root, run:" >&2
            echo "  apt-get install -y$missing" >&2
            exit 3
        }
        as=sudo
    fi
    echo "installing$missing"
    $as apt-get update -q >/dev/null
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >/dev/null
elif command -v brew >/dev/null; then
    missing=
    for p in $brew; do brew list "$p" >/dev/null 2>&1 || missing="$missing $p"; done
    [ -z "$missing" ] || brew install $missing
else
    echo "winnow needs these Debian packages, or what your system calls them:" >&2
    echo " $debian" >&2
fi
