import OffsetTranslate

extension ClientProperties {
    /// Idempotent and patient: an outage of the cluster delays what is written, and loses nothing.
    static func patient(_ cluster: LibrdkafkaCluster) -> ClientProperties {
        ClientProperties([
            "message.timeout.ms": "0", "queue.buffering.max.kbytes": "65536", "message.max.bytes": "10000000",
        ]).merging(cluster.producerProperties)
    }

    /// For a copy, which keeps to limits of its own: nothing is refused for want of room.
    private static func unlimited(_ cluster: LibrdkafkaCluster) -> ClientProperties {
        patient(cluster).merging(ClientProperties([
            "queue.buffering.max.messages": "10000000", "queue.buffering.max.kbytes": "2097151",
            // Batches fill up while there is more to come; when there isn't, the copy says so (`push`).
            "linger.ms": "100",
        ]))
    }

    /// A reader that fetches ahead as far as the limits say.
    static func bounded(_ cluster: LibrdkafkaCluster, _ limits: CopyLimits) -> ClientProperties {
        ClientProperties([
            "queued.min.messages": String(max(1000, limits.fetched)), "queued.max.messages.kbytes": String(max(1024, limits.fetchedBytes >> 10)),
        ]).merging(cluster.consumerProperties)
    }

    /// And without gaps: where a record can't be delivered, none behind it is either.
    static func withoutGaps(_ cluster: LibrdkafkaCluster) -> ClientProperties {
        unlimited(cluster).merging(ClientProperties(["enable.idempotence": "true", "enable.gapless.guarantee": "true"]))
    }

    /// And in transactions, under an id that keeps out whoever had it before.
    static func transactional(_ cluster: LibrdkafkaCluster, id: String) -> ClientProperties {
        unlimited(cluster).merging(ClientProperties(["enable.idempotence": "true", "transactional.id": id, "transaction.timeout.ms": "60000"]))
    }
}
