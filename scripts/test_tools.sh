#!/usr/bin/env bash
# Makes sure that the programs the tests drive are there: Redis and its Sentinel, a Chromium,
# slowhttptest, libfaketime, wrk and nginx; Node.js and Caddy, on which examples run.
# As root on Debian or Ubuntu it installs what is missing; elsewhere it names the command.
set -euo pipefail

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v redis-sentinel >/dev/null || missing+=(redis-sentinel)
command -v slowhttptest >/dev/null || missing+=(slowhttptest)
command -v faketime >/dev/null || missing+=(faketime)
command -v wrk >/dev/null || missing+=(wrk)
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v caddy >/dev/null || missing+=(caddy)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
    || command -v google-chrome >/dev/null || missing+=(chromium)
[ "${#missing[@]}" -eq 0 ] && exit 0

install=(apt-get install --yes --quiet --no-install-recommends "${missing[@]}")
if ! command -v apt-get >/dev/null; then
    echo "make test needs: ${missing[*]}. Install them with your package manager" \
        "(macOS: brew install redis slowhttptest libfaketime wrk nginx node caddy && brew install --cask chromium)." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "make test needs: ${missing[*]}. Install them with: sudo ${install[*]}" >&2
    exit 1
fi
echo "Installing for the tests: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
# Debian starts a redis-server of its own when it installs one; the tests start theirs.
apt-get update --quiet >/dev/null
"${install[@]}" >/dev/null
