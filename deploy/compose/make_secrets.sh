#!/usr/bin/env bash
# Makes what compose.yaml takes from secrets/: passwords, and an empty clients file. What is there
# already stays as it is. The folder keeps others out; the containers' users read the files.
set -euo pipefail
umask 022
cd "$(dirname "$0")"
redis_page=../../docs/redis.md

password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
digest() { printf '%s' "$1" | { sha256sum 2>/dev/null || shasum -a 256; } | cut -d' ' -f1; }

rules() { # framegate's, as the page has them: what follows the password in its command
  sed -n "/ACL SETUSER framegate/,/^\`\`\`/{s/.*'>PASSWORD'//;s/[\\\\']//g;/^\`\`\`/d;p;}" "$redis_page" |
    tr -s ' \n' ' '
}

put() { # FILE, from standard input, unless it is there
  if [[ -e secrets/$1 ]]; then echo "kept secrets/$1"; cat >/dev/null; return; fi
  cat >"secrets/$1"
  echo "wrote secrets/$1"
}

mkdir -p -m 0700 secrets
if [[ -e secrets/framegate.env ]]; then # its password is that of users.acl
  echo "kept secrets/framegate.env and secrets/users.acl"
else
  redis_password=$(password)
  rm -f secrets/users.acl
  echo "REDIS_PASSWORD=$redis_password" | put framegate.env
  printf '%s\n' "user default off" \
    "user health on nopass resetkeys resetchannels -@all +ping" \
    "user framegate on #$(digest "$redis_password")$(rules)" | put users.acl
fi
password | put grafana_password
put clients.toml </dev/null
