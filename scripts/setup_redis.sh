#!/usr/bin/env bash
# Installs and starts a Redis fit for framegate, and says what it did. `--help` explains; start reading at `main`, the end.
# Keeps to bash 3.2, which is what macOS has.
set -euo pipefail
umask 022

port=6379 durable='' container='' dry_run='' pretend='' language=en
settings='maxmemory-policy appendonly appendfsync bind protected-mode'
header='# Written by scripts/setup_redis.sh of framegate.'
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in pt*) language=pt ;; esac
export LC_ALL=C LANG=C # Redis does not start under a locale that the machine lacks

usage() {
  say "Instala e inicia um Redis adequado ao framegate e diz o que fez. Repetir não muda nada.
  --port N           porta (6379); fora da porta do pacote, cria uma instância à parte
  --durable          appendfsync always, para SINGLE_USE=durable (padrão: everysec)
  --container        docker ou podman: volume nomeado, publicado só em 127.0.0.1
  --dry-run          mostra o que faria, sem fazer
  --language pt|en   idioma das mensagens (padrão: o de LANG)
Adequado: Redis >= 6.2 ou Valkey, só em loopback, protected-mode, noeviction, appendonly.
Um Redis alheio na porta é só examinado. Saída: 0 adequado, 1 não, 2 opção errada.
Ambiente: REDISCLI_AUTH (senha do Redis que já roda), FRAMEGATE_REDIS_IMAGE (redis:7). Com --dry-run,
FRAMEGATE_PLATFORM=debian|rhel|macos e FRAMEGATE_INIT=systemd|service|brew|daemon simulam outra máquina." \
    "Installs and starts a Redis fit for framegate, and says what it did. Running it again changes nothing.
  --port N           port (6379); other than the package's own, it makes a separate instance
  --durable          appendfsync always, for SINGLE_USE=durable (default: everysec)
  --container        docker or podman: named volume, published on 127.0.0.1 only
  --dry-run          show what it would do, and do nothing
  --language pt|en   language of the messages (default: that of LANG)
Fit: Redis >= 6.2 or Valkey, on loopback only, protected-mode, noeviction, appendonly.
Somebody else's Redis on the port is only examined. Exit: 0 fit, 1 not, 2 wrong option.
Environment: REDISCLI_AUTH (password of the Redis that runs already), FRAMEGATE_REDIS_IMAGE (redis:7). With
--dry-run, FRAMEGATE_PLATFORM=debian|rhel|macos and FRAMEGATE_INIT=systemd|service|brew|daemon play another machine."
}

# --- Speaking and acting ---

say() { if [[ $language == pt ]]; then printf '%s\n' "$1"; else printf '%s\n' "$2"; fi; }
die() { say "Erro: $1" "Error: $2" >&2; exit "${3:-1}"; }
have() { command -v "$1" >/dev/null 2>&1; }

shown() { # the command as a person would type it
  local word line=''
  for word; do case $word in *' '* | '') line+=" '$word'" ;; *) line+=" $word" ;; esac; done
  printf '%s' "${line# }"
}

run() {
  if [[ $dry_run ]]; then say "  executaria: $(shown "$@")" "  would run: $(shown "$@")"; return; fi
  say "  executo: $(shown "$@")" "  running: $(shown "$@")"
  "$@" || die "falhou: $(shown "$@"). Corrija a causa acima e repita." \
    "failed: $(shown "$@"). Put right the cause above and run again."
}

put() { # FILE TEXT, unless the file says so already
  if [[ -f $1 && $(cat "$1") == "$2" ]]; then return; fi
  local newline=$'\n      '
  if [[ $dry_run ]]; then say "  gravaria $1:$newline${2//$'\n'/$newline}" "  would write $1:$newline${2//$'\n'/$newline}"; return; fi
  printf '%s\n' "$2" >"$1"
  say "  gravei $1" "  wrote $1"
}

await() { # SECONDS COMMAND...
  local left=$(($1 * 5)); shift
  until "$@"; do ((left-- > 0)) || return 1; sleep 0.2; done
}

need_root() {
  if [[ $EUID == 0 || $dry_run || $platform == macos ]]; then return; fi
  local again; again=(bash "$0" --port "$port" --language "$language" ${durable:+--durable})
  have sudo || die "instalar, configurar e iniciar exige root. Como root, execute: $(shown "${again[@]}")" \
    "installing, configuring and starting need root. As root, run: $(shown "${again[@]}")"
  say "Instalar, configurar e iniciar exige root (--dry-run mostra cada passo). Executo: sudo $(shown "${again[@]}")" \
    "Installing, configuring and starting need root (--dry-run shows each step). Running: sudo $(shown "${again[@]}")"
  exec sudo "${again[@]}"
}

# --- Asking the Redis on the port ---

listener() ( # what whoever listens on the port replies to PING; fails where nobody listens
  exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'PING\r\n' >&3 || exit 1
  IFS= read -r -t 3 line <&3 || true
  printf '%s' "${line:-}"
) 2>/dev/null

choose_cli() { ask=(redis-cli -p "$port"); if ! have redis-cli && have valkey-cli; then ask[0]=valkey-cli; fi; }
answers() { [[ $("${ask[@]}" PING 2>/dev/null) == PONG ]]; }
info() { "${ask[@]}" INFO | tr -d '\r' | sed -n "s/^$1://p"; }
setting() { "${ask[@]}" CONFIG GET "$1" | sed -n 2p; }

wanted() {
  case $1 in
    maxmemory-policy) echo noeviction ;;
    appendonly | protected-mode) echo yes ;;
    appendfsync) if [[ $durable ]]; then echo always; else echo everysec; fi ;;
    bind) echo '127.0.0.1 -::1' ;;
  esac
}

suits() { # NAME VALUE: stricter than wanted suits too
  local loopback='^(-?(127\.[0-9.]+|::1|localhost)( |$))+$'
  case $1 in
    bind) [[ $2 =~ $loopback ]] ;;
    appendfsync) [[ $2 == always || $2 == "$(wanted appendfsync)" ]] ;;
    *) [[ $2 == "$(wanted "$1")" ]] ;;
  esac
}

target() { # NAME: its present value where that suits
  local now=''
  if answers; then now=$(setting "$1"); fi
  if suits "$1" "$now"; then echo "$now"; else wanted "$1"; fi
}

misfits() { local item; for item in $settings; do suits "$item" "$(setting "$item")" || echo "$item"; done; }
is_ours() { [[ $1 == */$name.conf ]] || grep -qs '^include .*/framegate-redis\.conf$' "$1"; }

refuse_old() { # VERSION
  local minor=${1#*.}
  ((${1%%.*} > 6 || (${1%%.*} == 6 && ${minor%%.*} >= 2))) ||
    die "o Redis $1 é antigo demais: o framegate precisa de 6.2 ou mais novo. Instale um mais novo ou use --container." \
      "Redis $1 is too old: framegate needs 6.2 or newer. Install a newer one or use --container."
}

judge_running() { # true where it is fit, false where it is ours to correct; anybody else's unfit one ends here
  [[ $(listener) == [+-]* ]] || die "a porta $port está ocupada por algo que não é Redis. Escolha outra com --port." \
    "port $port is taken by something that is not Redis. Choose another with --port."
  have "${ask[0]}" || die "há um Redis na porta $port, mas falta o redis-cli para examiná-lo: instale redis-tools ou redis." \
    "a Redis is on port $port, but there is no redis-cli to examine it: install redis-tools or redis."
  answers || die "o Redis da porta $port recusa PING: $("${ask[@]}" PING 2>&1) Se tem senha, ponha-a em REDISCLI_AUTH." \
    "the Redis on port $port refuses PING: $("${ask[@]}" PING 2>&1) If it has a password, put it into REDISCLI_AUTH."
  refuse_old "$(info redis_version)"
  if [[ -z $(misfits) ]]; then
    say "Já roda um Redis adequado na porta $port. Nada a mudar." "A fit Redis already runs on port $port. Nothing to change."
  elif is_ours "$(info config_file)"; then return 1
  else explain_misfits "$(info config_file)" >&2; exit 1; fi
}

explain_misfits() { # CONFIG_FILE of somebody else's Redis: what differs and the command that changes it
  local item
  say "O Redis da porta $port não serve ao framegate e não é deste script: não mudei nada.
Estes comandos o mudam (ou escolha outro --port). Difere em:" \
    "The Redis on port $port is not fit for framegate and not this script's own: nothing was changed.
These commands change it (or choose another --port). It differs in:"
  for item in $(misfits); do
    printf '  %s = "%s"\n    %s\n' "$item" "$(setting "$item")" "$(shown "${ask[@]}" CONFIG SET "$item" "$(wanted "$item")")"
  done
  if [[ -z $1 ]]; then
    say "Ele roda sem arquivo de configuração: ponha o mesmo no comando que o inicia." \
      "It runs without a configuration file: put the same into the command that starts it."
    return
  fi
  say "Para que dure: $(shown "${ask[@]}" CONFIG REWRITE)" "To make it last: $(shown "${ask[@]}" CONFIG REWRITE)"
  if [[ ! -r $1 ]]; then
    say "($1 não é legível: se foi este script que o preparou, repita como root e ele o corrige.)" \
      "($1 is not readable: if this script set it up, run again as root and it puts it right.)"
  fi
}

# --- Our own, on this machine ---

find_platform() {
  platform=$pretend$(uname)$(sed -n 's/^ID\(_LIKE\)\{0,1\}=/ /p' /etc/os-release 2>/dev/null | xargs || true)
  case $platform in
    macos* | Darwin*) platform=macos ;;
    *rhel* | *fedora*) platform=rhel ;;
    *debian* | *ubuntu*) platform=debian ;;
    *) die "não conheço este sistema. Inicie um Redis >= 6.2 e repita para examiná-lo, ou use --container." \
      "this system is unknown here. Start a Redis >= 6.2 and run again to examine it, or use --container." ;;
  esac
}

install_server() {
  if [[ -z $pretend ]] && { have redis-server || have valkey-server; }; then return; fi
  local package=redis
  say "Instalo:" "Installing:"
  case $platform in
    debian)
      run apt-get update -q
      run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q redis-server
      ;;
    rhel)
      if have dnf && ! dnf -q list redis >/dev/null 2>&1; then package=valkey; fi
      run dnf install -y "$package"
      ;;
    macos) run brew install redis ;;
  esac
}

locate() { # where the package put things; Redis before Valkey where both are
  local etc=/etc state=/var/lib file
  conf=/etc/redis/redis.conf
  if [[ $platform == macos ]]; then
    etc=$(brew --prefix 2>/dev/null || echo /opt/homebrew)/etc
    state=${etc%/etc}/var/db conf=$etc/redis.conf
  fi
  for file in "$etc"/{valkey,valkey/valkey,redis,redis/redis}.conf; do if [[ -f $file ]]; then conf=$file; fi; done
  product=$(basename "$conf" .conf) own=$(dirname "$conf")/$name.conf
  server=$product-server service=$product data=$state/$product/$name
  if [[ $platform == debian ]]; then service=$server; fi
  choose_cli
}

in_conf() { # NAME DEFAULT
  local found; found=$(sed -n "s/^$1  *//p" "$conf" 2>/dev/null | tail -n 1)
  echo "${found:-$2}"
}

service_manager() {
  if [[ $dry_run && ${FRAMEGATE_INIT:-} ]]; then echo "$FRAMEGATE_INIT"
  elif [[ $platform == macos ]]; then echo brew
  elif [[ -d /run/systemd/system ]]; then echo systemd
  elif have service && [[ -x /etc/init.d/$service ]]; then echo service
  else echo daemon; fi
}

start_daemon() { # CONF
  if [[ $platform == macos ]]; then run "$server" "$1" --daemonize yes
  else run runuser -u "$product" -- "$server" "$1" --daemonize yes; fi
  say "  Iniciado direto, sem gerenciador de serviços: depois de reiniciar a máquina, execute este script de novo." \
    "  Started directly, without a service manager: after a reboot of the machine, run this script again."
}

start_package_instance() {
  case $(service_manager) in
    systemd) run systemctl enable --now "$service" ;;
    service) run service "$service" start ;;
    brew) run brew services start "$product" ;;
    *) start_daemon "$conf" ;;
  esac
}

start_own_instance() {
  if [[ $platform == macos ]]; then run mkdir -p "$data"; else run install -d -o "$product" -g "$product" -m 750 "$data"; fi
  if [[ ! -f $own ]]; then put "$own" "$(own_text)"; fi
  if [[ $(service_manager) != systemd ]]; then start_daemon "$own"; return; fi
  if [[ $(getenforce 2>/dev/null) == Enforcing ]]; then
    say "  Se o SELinux barrar a porta: semanage port -a -t redis_port_t -p tcp $port" \
      "  Should SELinux bar the port: semanage port -a -t redis_port_t -p tcp $port"
  fi
  put "/etc/systemd/system/$name.service" "$(unit_text)"
  run systemctl daemon-reload
  run systemctl enable --now "$name"
}

settings_text() { local item; for item in $settings; do echo "$item $(target "$item")"; done; }
own_text() {
  printf '%s\n' "$header" "port $port" "dir $data" "pidfile $data/redis.pid" "logfile $data/redis.log" "$(settings_text)"
}
unit_text() {
  printf '%s\n' '[Unit]' "Description=Redis for framegate on port $port" 'After=network.target' '' \
    '[Service]' 'Type=notify' "User=$product" \
    "ExecStart=$(command -v "$server" || echo "/usr/bin/$server") $own --supervised systemd --daemonize no" \
    'Restart=always' 'NoNewPrivileges=true' 'PrivateTmp=true' '' '[Install]' 'WantedBy=multi-user.target'
}

# Live first, file second: started with `appendonly yes`, a Redis ignores the RDB file it has and loses what is in it.
make_fit() {
  local item names=$settings
  if answers; then names=$(misfits) conf=$(info config_file)
  elif [[ $conf == "$own" ]]; then return # a dry run: it would start as written
  else say "  onde o valor for outro:" "  where the value is another:"; fi
  for item in $names; do run "${ask[@]}" CONFIG SET "$item" "$(target "$item")"; done
  if [[ -z $dry_run ]]; then
    await 120 aof_written || die "o Redis não terminou de gravar o AOF. Veja o disco e o log dele, e repita." \
      "Redis did not finish writing its AOF. Look at the disk and at its log, and run again."
  fi
  if [[ $conf == "$own" ]]; then put "$own" "$(own_text)"; else include_settings; fi
}

aof_written() { [[ $(info aof_enabled)$(info aof_rewrite_in_progress)$(info aof_rewrite_scheduled) == 100 ]]; }

include_settings() {
  local extra; extra=$(dirname "$conf")/framegate-redis.conf
  put "$extra" "$header"$'\n'"$(settings_text)"
  if grep -qsxF "include $extra" "$conf"; then return; fi
  if [[ $dry_run ]]; then say "  acrescentaria a $conf: include $extra" "  would append to $conf: include $extra"; return; fi
  printf '\n%s\ninclude %s\n' "$header" "$extra" >>"$conf"
  say "  acrescentei a $conf: include $extra" "  appended to $conf: include $extra"
}

setup_here() {
  if listener >/dev/null && judge_running; then return; fi
  find_platform
  need_root
  install_server
  locate
  if have "$server"; then refuse_old "$("$server" --version | sed 's/.* v=\([0-9.]*\).*/\1/')"; fi
  say "Preparo o Redis da porta $port:" "Setting up the Redis on port $port:"
  if ! answers; then
    if [[ $(in_conf port 6379) == "$port" ]]; then start_package_instance; else start_own_instance; conf=$own; fi
  fi
  if [[ -z $dry_run ]]; then
    await 30 answers || die "o Redis não respondeu na porta $port. Veja $(in_conf logfile "o log dele")" \
      "Redis did not answer on port $port. See $(in_conf logfile "its log")"
  fi
  make_fit
}

# --- Our own, in a container ---

find_container() {
  for engine in docker podman; do
    if have "$engine" && "$engine" container inspect "$name" >/dev/null 2>&1; then return; fi
  done
  return 1
}

choose_engine() {
  for engine in docker podman; do if have "$engine" && "$engine" info >/dev/null 2>&1; then return; fi; done
  engine=docker
  [[ $dry_run ]] || die "nem docker nem podman responde. Instale podman ou inicie o docker, e repita." \
    "neither docker nor podman answers. Install podman or start docker, and run again."
}

create_container() {
  choose_engine
  say "Crio o contêiner $name:" "Creating the container $name:"
  # Inside, Redis must listen to the engine's network; what keeps others out is the published address.
  run "$engine" run -d --name "$name" --restart unless-stopped -p "127.0.0.1:$port:6379" -v "$name:/data" \
    "${FRAMEGATE_REDIS_IMAGE:-redis:7}" redis-server --protected-mode no --maxmemory-policy noeviction \
    --appendonly yes --appendfsync "$(wanted appendfsync)"
}

setup_container() {
  if ! find_container; then create_container
  elif [[ $("$engine" container inspect -f '{{.State.Running}}' "$name") == true ]]; then
    say "O contêiner $name já está no ar." "The container $name is up already."
  else run "$engine" start "$name"; fi
  if [[ $dry_run ]]; then return; fi
  ask=("$engine" exec "$name" redis-cli) settings='maxmemory-policy appendonly appendfsync'
  await 30 answers || die "o Redis do contêiner não respondeu. Veja: $engine logs $name" \
    "the container's Redis did not answer. See: $engine logs $name"
  refuse_old "$(info redis_version)"
  [[ -z $(misfits) ]] ||
    die "o contêiner $name foi criado com outras opções ($(misfits | xargs)). O volume guarda os dados:
$engine rm -f $name, e repita com --container." \
      "the container $name was made with other options ($(misfits | xargs)). The volume keeps the data:
$engine rm -f $name, then run again with --container."
  [[ $("$engine" port "$name" 6379) == "127.0.0.1:$port" ]] ||
    die "o contêiner $name não está publicado só em 127.0.0.1:$port: $engine rm -f $name, e repita com --container." \
      "the container $name is not published on 127.0.0.1:$port alone: $engine rm -f $name, then run again with --container."
}

# --- The whole ---

report() {
  local item version
  if [[ $dry_run ]]; then say "Nada foi mudado (--dry-run)." "Nothing was changed (--dry-run)."; return; fi
  [[ -z $(misfits) ]] || die "ainda difere: $(misfits | xargs). Veja a saída acima." "still different: $(misfits | xargs). See the output above."
  version=$(info valkey_version) && version=${version:+Valkey $version}
  version=${version:-Redis $(info redis_version)}
  say "$version, adequado ao framegate:" "$version, fit for framegate:"
  printf '  %-17s %s\n' PING "$("${ask[@]}" PING)"
  for item in $settings; do printf '  %-17s %s\n' "$item" "$(setting "$item")"; done
  say "Ponha no ambiente:" "Put into the environment:"
  echo "  REDIS_URL=redis://${REDISCLI_AUTH:+:PASSWORD@}localhost:$port/0"
  if [[ $durable ]]; then echo "  SINGLE_USE=durable"; fi
  say "Depois confira tudo com: framegate doctor" "Then check everything with: framegate doctor"
}

wrong_option() { die "opção errada: $1. Veja $0 --help" "wrong option: $1. See $0 --help" 2; }

parse() {
  while (($#)); do
    case $1 in
      --port) port=${2:-}; shift $(($# > 1)) ;;
      --language) language=${2:-}; shift $(($# > 1)) ;;
      --durable) durable=yes ;;
      --container) container=yes ;;
      --dry-run) dry_run=yes pretend=${FRAMEGATE_PLATFORM:-} ;;
      -h | --help) usage; exit ;;
      *) wrong_option "$1" ;;
    esac
    shift
  done
  case $language in pt | en) ;; *) wrong_option "--language $language" ;; esac
  if [[ ! $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then wrong_option "--port $port"; fi
  name=framegate-redis-$port
}

main() {
  parse "$@"
  choose_cli
  if find_container || { [[ $container ]] && ! listener >/dev/null; }; then setup_container; else setup_here; fi
  report
}

main "$@"
