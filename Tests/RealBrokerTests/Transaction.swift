import CRdkafka
import KafkaClient

/// One transaction of a producer of its own: the toolkit has none.
struct Transaction {
    enum End { case commit, abort }

    struct Failure: Error, CustomStringConvertible { var description: String }

    /// Writes values to a partition, sees them into the log, and ends. Blocks for 30 s at the most in each step.
    static func write(_ values: [String], to partition: TopicPartition, at address: String, then end: End) throws {
        var text = [CChar](repeating: 0, count: 512)
        let configuration = rd_kafka_conf_new()
        let properties = ["bootstrap.servers": address, "transactional.id": "\(partition.topic)-\(end)", "log_level": "3"]
        for (name, value) in properties {
            guard rd_kafka_conf_set(configuration, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(configuration)
                throw Failure(description: string(text))
            }
        }
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
            rd_kafka_conf_destroy(configuration)
            throw Failure(description: string(text))
        }
        defer { rd_kafka_destroy(client) }
        try check(rd_kafka_init_transactions(client, 30_000))
        try check(rd_kafka_begin_transaction(client))
        let topic = rd_kafka_topic_new(client, partition.topic, nil)
        defer { rd_kafka_topic_destroy(topic) }
        for value in values {
            var bytes = Array(value.utf8)
            guard rd_kafka_produce(topic, partition.partition, RD_KAFKA_MSG_F_COPY, &bytes, bytes.count, nil, 0, nil) == 0 else {
                throw Failure(description: string(cString: rd_kafka_err2str(rd_kafka_last_error())))
            }
        }
        // What is aborted before it was sent would leave nothing behind.
        let flushed = rd_kafka_flush(client, 30_000)
        guard flushed == RD_KAFKA_RESP_ERR_NO_ERROR else { throw Failure(description: string(cString: rd_kafka_err2str(flushed))) }
        try check(end == .commit ? rd_kafka_commit_transaction(client, 30_000) : rd_kafka_abort_transaction(client, 30_000))
    }

    private static func check(_ error: OpaquePointer?) throws {
        guard let error else { return }
        defer { rd_kafka_error_destroy(error) }
        throw Failure(description: string(cString: rd_kafka_error_string(error)))
    }

    private static func string(_ text: [CChar]) -> String { text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" } }
    private static func string(cString text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
}
