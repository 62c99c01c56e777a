import OffsetTranslate

extension ClientProperties {
    /// Idempotent and patient: an outage of the cluster delays what is written, and loses nothing.
    static func patient(_ cluster: LibrdkafkaCluster) -> ClientProperties {
        ClientProperties([
            "message.timeout.ms": "0", "queue.buffering.max.kbytes": "65536", "message.max.bytes": "10000000",
        ]).merging(cluster.producerProperties)
    }

    /// And without gaps: where a record can't be delivered, none behind it is either.
    static func withoutGaps(_ cluster: LibrdkafkaCluster) -> ClientProperties {
        patient(cluster).merging(ClientProperties(["enable.idempotence": "true", "enable.gapless.guarantee": "true"]))
    }
}
