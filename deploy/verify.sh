#!/usr/bin/env bash
# Whether a mirror really does its work: topics, records, groups' offsets, heartbeats and new topics, each looked at with our own commands.
# What has to be written for that (a topic, ten records, a group that reads five) is written with Kafka's tools, in the source's container.
#
#   deploy/verify.sh                      of compose.yaml, from the host
#
#   SOURCE, TARGET     bootstrap addresses as seen from here (localhost:9092, localhost:9094)
#   FAILOVER           the command (failover)
#   CONNECTORS         the folder of the connectors' files (connectors/, beside this file)
#   KAFKA_TOOL         what runs 'kafka-topics.sh ...' of the source (docker compose exec in source-kafka)
#   SOURCE_FOR_TOOL    the source's address as seen from there (localhost:19092)
#   PATIENCE           seconds that each thing may take (150: a new topic is seen within 60)
#
# Exit status: 0 all of it, 1 something is missing, 2 it could not be tried. Its topic stays; its name says when it was made.
# shellcheck disable=SC2317,SC2329  # Functions are called through 'await'.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source=${SOURCE:-localhost:9092} target=${TARGET:-localhost:9094} patience=${PATIENCE:-150}
command=${FAILOVER:-failover}
tool=${KAFKA_TOOL:-docker compose -f $here/compose.yaml exec -T source-kafka env PATH=/opt/kafka/bin:/usr/bin:/bin}
from=${SOURCE_FOR_TOOL:-localhost:19092}
run=verify-$(date -u +%Y%m%dT%H%M%S)
connectors=${CONNECTORS:-$here/connectors}
scratch=$(mktemp -d) && trap 'rm -rf "$scratch"' EXIT

flow=(-c "$connectors/mm2-source.json" -c "$connectors/mm2-checkpoint.json" -c "$connectors/mm2-heartbeat.json"
    --set "source.cluster.bootstrap.servers=$source" --set "target.cluster.bootstrap.servers=$target")

failover() { "$command" "$1" "${flow[@]}" "${@:2}" 2>"$scratch/errors"; }
kafka() { local name=$1; shift; $tool "$name" --bootstrap-server "$from" "$@"; }
missing=0
say() { printf '%-8s %s\n' "$1" "$2"; }

# Until it is so; then it is said.
await() {
    local what=$1 begun=$SECONDS; shift
    until "$@" >"$scratch/output"; do
        if ((SECONDS - begun > patience)); then
            say MISSING "$what, after $((SECONDS - begun)) s"
            sed 's/^/         /' "$scratch/output" "$scratch/errors" | tail -12
            missing=1
            return 1
        fi
        sleep 3
    done
    say ok "$what ($((SECONDS - begun)) s)"
}

heartbeats() { failover heartbeats --this-flow --on target --since 2m --output jsonl | grep timestamp; }
# Empty topics have nothing to compare, and pass once the copy is there.
topic() { failover status --output json | grep -A2 '"kind" : "topicsMirrored"' | grep '"status" : "pass"'; }
records() { failover verify --audit --topic "$run" --output json | tee "$scratch/audit" | grep '"verdict" : "same"' && ! grep '"notYetCopied" : [1-9]' "$scratch/audit"; }
# MM2 commits there only while nobody reads there, and no further than its newest checkpoint.
group() { failover groups "$run" --output json | grep '"currentOffset" : [0-9]'; }

failover doctor || { cat "$scratch/errors" >&2; exit 2; }
echo

await "heartbeats of the last two minutes on the target" heartbeats

if ! kafka kafka-topics.sh --create --topic "$run" --partitions 1 --replication-factor 1 >"$scratch/output" 2>&1; then
    cat "$scratch/output" >&2
    exit 2
fi
await "every topic has a copy of the same name, '$run' too, which is new" topic

printf 'record %s\n' 1 2 3 4 5 6 7 8 9 10 >"$scratch/records"
kafka kafka-console-producer.sh --topic "$run" <"$scratch/records" >"$scratch/output" 2>&1 || { cat "$scratch/output" >&2; exit 2; }
await "its ten records are there, and the same" records

kafka kafka-console-consumer.sh --topic "$run" --group "$run" --from-beginning --max-messages 5 --timeout-ms 60000 >"$scratch/output" 2>&1 \
    || { cat "$scratch/output" >&2; exit 2; }
if await "the group that has read five of them has its position on the target" group; then
    # Stock MM2 leaves it at or before the sixth: what lies between is read again. Beyond would skip records, and fails.
    if failover verify "$run" >"$scratch/output"; then say ok "and would go on there without skipping any:"; else say MISSING "and would not go on there as it should:"; missing=1; fi
    sed 's/^/         /' "$scratch/output" "$scratch/errors"
fi

echo
if [ $missing = 0 ]; then say ok "the mirror does its work"; else say MISSING "see above; 'failover status' and 'failover explain $run' say more"; fi
exit $missing
