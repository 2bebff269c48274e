#!/usr/bin/env bash
# What the tests drive beside Python: PostgreSQL, MariaDB and Chromium from Debian, mock servers from npm. Asks only for what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server)
command -v chromium >/dev/null || missing+=(chromium)
if [ "${#missing[@]}" -gt 0 ]; then
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
    export DEBIAN_FRONTEND=noninteractive
    if command -v apt-get >/dev/null; then
        "${as_root[@]}" apt-get update -qq </dev/null
        "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
    else
        echo "The tests need ${missing[*]}. Install them with this system's package manager." >&2
        exit 1
    fi
fi

# Each folder of tests with a package-lock.json of its own brings a mock server.
find tests -name package-lock.json -not -path '*/node_modules/*' -print | while read -r lock; do
    folder=$(dirname "$lock")
    if [ ! -e "$folder/node_modules/.installed" ] || [ "$lock" -nt "$folder/node_modules/.installed" ]; then
        npm ci --prefix "$folder" --no-audit --no-fund --silent </dev/null
        touch "$folder/node_modules/.installed"
    fi
done
