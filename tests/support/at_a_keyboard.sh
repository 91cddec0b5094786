# What a person at a keyboard does: leaves a server running while going on, ends by Ctrl-C what does
# not end by itself, and pastes the keys that were shown, the first first, where one is asked for.
# Read by bash before the blocks of a document.
set -euo pipefail
set -m # so that what runs in the background hears of Ctrl-C
servers=() pasted=0

framegate() {
    case "$*" in
        serve* | demo*)
            command framegate "$@" >>server.log 2>&1 &
            servers+=($!)
            until grep -qs '"serving"' server.log; do kill -0 $! && sleep 0.05; done
            ;;
        *--follow*)
            command framegate "$@" >followed &
            until [ -s followed ]; do kill -0 $! && sleep 0.05; done
            kill -INT $!
            wait $!
            ;;
        "keys new"*)
            command framegate "$@" 2>>shown
            ;;
        *) command framegate "$@" ;;
    esac
}

read() {
    pasted=$((pasted + 1))
    builtin read "$@" < <(grep -ohs 'fgk_[A-Za-z0-9_-]*' shown | sed -n "${pasted}p" | grep . || echo "$KEY")
}

leave() {
    status=$?
    for server in "${servers[@]}"; do
        kill -INT "$server"
        wait "$server" || status=$?
    done
    rm -f shown
    exit "$status"
}
trap leave EXIT
