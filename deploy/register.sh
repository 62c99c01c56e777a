#!/bin/sh
# Gives each file of a folder to Kafka Connect as the connector of that name: a new one is made, one that is there gets the file's settings.
#   register.sh FOLDER [URL]        CONNECT_URL, by default http://localhost:8086
set -eu

folder=${1:?register.sh FOLDER [URL]}
url=${2:-${CONNECT_URL:-http://localhost:8086}}

tries=0
until curl -sf -o /dev/null "$url/connectors"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "register: $url does not answer" >&2; exit 1; }
    sleep 2
done

for file in "$folder"/*.json; do
    name=$(basename "$file" .json)
    # A worker that has just joined refuses changes for a moment (409).
    curl -sS -f --retry 10 --retry-delay 2 --retry-all-errors -o /dev/null -X PUT -H 'Content-Type: application/json' -d "@$file" "$url/connectors/$name/config"
    echo "register: $name" >&2
done

# Without tasks it may be: the checkpoint connector has none before there is a group.
for file in "$folder"/*.json; do
    name=$(basename "$file" .json) tries=0
    while :; do
        status=$(curl -s "$url/connectors/$name/status" || true)
        case $status in
            *FAILED*) ;;
            *'"connector":{"state":"RUNNING"'*) break ;;
        esac
        tries=$((tries + 1))
        [ "$tries" -lt 30 ] || { echo "register: $name does not run: $status" >&2; exit 1; }
        sleep 2
    done
done
echo "register: all run" >&2
