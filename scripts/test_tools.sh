#!/usr/bin/env bash
# Makes sure that the programs the tests drive are there: Redis and its Sentinel, a Chromium, a
# Firefox, certutil (which has both trust the tests), slowhttptest, libfaketime, wrk, Prometheus, the
# proxies nginx, Caddy and HAProxy, Node.js, on which an example runs, systemd, kubectl, which renders
# the manifests, and zsh and fish, which complete.
# As root on Debian or Ubuntu it installs what is missing; elsewhere it names the command.
set -euo pipefail

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v redis-sentinel >/dev/null || missing+=(redis-sentinel)
command -v slowhttptest >/dev/null || missing+=(slowhttptest)
command -v faketime >/dev/null || missing+=(faketime)
command -v wrk >/dev/null || missing+=(wrk)
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
[ -f /usr/lib/nginx/modules/ngx_http_geoip2_module.so ] || missing+=(libnginx-mod-http-geoip2)
command -v caddy >/dev/null || missing+=(caddy)
command -v haproxy >/dev/null || [ -x /usr/sbin/haproxy ] || missing+=(haproxy)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v zsh >/dev/null || missing+=(zsh)
command -v fish >/dev/null || missing+=(fish)
command -v kubectl >/dev/null || missing+=(kubernetes-client)
[ "$(uname)" != Linux ] || [ -x /lib/systemd/systemd ] || missing+=(systemd)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
    || command -v google-chrome >/dev/null || missing+=(chromium)
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing+=(firefox-esr)
command -v certutil >/dev/null || missing+=(libnss3-tools)
command -v prometheus >/dev/null && command -v promtool >/dev/null || missing+=(prometheus)
[ "${#missing[@]}" -eq 0 ] && exit 0

install=(apt-get install --yes --quiet --no-install-recommends "${missing[@]}")
if ! command -v apt-get >/dev/null; then
    echo "make test needs: ${missing[*]}. Install them with your package manager" \
        "(macOS: brew install redis slowhttptest libfaketime wrk prometheus nginx caddy haproxy node nss" \
        "kubernetes-cli zsh fish" \
        "&& brew install --cask chromium firefox)." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "make test needs: ${missing[*]}. Install them with: sudo ${install[*]}" >&2
    exit 1
fi
echo "Installing for the tests: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
# Debian starts a redis-server and a Prometheus of its own when it installs one, and each proxy on
# port 80 where it can; the tests start theirs, on ports that are free.
apt-get update --quiet >/dev/null
"${install[@]}" >/dev/null
