/// Keys of Kafka Connect that are right where they are and mean nothing here.
enum ConnectNames {
    /// Why a Connect key has no effect, or nil if Connect has no such key.
    static func reason(_ name: String) -> String? {
        if names.contains(name) || prefixes.contains(where: name.hasPrefix) { return "a Kafka Connect setting; no effect here" }
        return nil
    }

    /// Whether the key changes what stock MirrorMaker replicates, so that ignoring it must not go unnoticed.
    static func changesRecords(_ name: String) -> Bool {
        name == "transforms" || name == "predicates"
    }

    static let names: Set<String> = [
        "name", "connector.class", "connector.plugin.version", "tasks.max.enforce", "config.action.reload",
        "transforms", "predicates", "key.converter", "value.converter", "header.converter",
        "key.converter.plugin.version", "value.converter.plugin.version", "header.converter.plugin.version",
        "exactly.once.support", "transaction.boundary", "transaction.boundary.interval.ms",
        "offsets.storage.topic", "plugin.path", "plugin.discovery", "rest.advertised.host.name", "rest.advertised.port",
        "rest.advertised.listener", "rest.extension.classes", "listeners", "response.http.headers.config",
        "offset.flush.timeout.ms", "task.shutdown.graceful.timeout.ms", "topic.tracking.enable",
        "topic.tracking.allow.reset", "connector.client.config.override.policy", "connect.protocol", "group.id",
        "scheduled.rebalance.max.delay.ms", "worker.sync.timeout.ms", "worker.unsync.backoff.ms",
        "dedicated.mode.enable.internal.rest", "auto.include.jmx.reporter", "use.incremental.alter.configs",
        "add.source.alias.to.metrics",
    ]

    static let prefixes = [
        "transforms.", "predicates.", "key.converter.", "value.converter.", "header.converter.", "offset.storage.",
        "config.storage.", "status.storage.", "errors.", "topic.creation.", "inter.worker.", "listeners.",
        "admin.listeners", "access.control.", "task.", "worker.", "rest.", "config.providers", "metrics.",
        "consumer.override.", "producer.override.", "admin.override.",
    ]
}
