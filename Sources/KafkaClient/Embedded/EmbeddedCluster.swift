internal import CRdkafka
internal import Synchronization

/// A Kafka cluster inside this process: librdkafka's mock brokers on loopback sockets, which any Kafka client may use.
///
/// It keeps 5 MiB a partition in memory, knows no ACLs and few admin requests, writes no control records and never
/// compacts. It is for demonstrations and tests.
public final class EmbeddedCluster: Sendable {
    /// Owns the mock cluster and the client that hosts it; the cluster goes first.
    ///
    /// `@unchecked Sendable`: the mock's API takes its own lock in every call; the pointers never change.
    private final class Mock: @unchecked Sendable {
        let host: ClientHandle
        let raw: OpaquePointer

        init(name: String, brokers: Int32) throws(KafkaError) {
            host = try ClientHandle(.producer, cluster: name, properties: ClientProperties())
            guard let raw = rd_kafka_mock_cluster_new(host.raw, brokers) else {
                throw KafkaError(rd_kafka_last_error() == RD_KAFKA_RESP_ERR_NO_ERROR ? .destroyed : .init(rd_kafka_last_error()), "start an embedded cluster", cluster: name)
            }
            self.raw = raw
        }

        deinit { rd_kafka_mock_cluster_destroy(raw) }
    }

    private let mock: Mock
    public let name: String
    public let brokerCount: Int32
    /// `host:port,...` of its brokers.
    public let bootstrapServers: String

    public init(name: String, brokers: Int = 1) throws(KafkaError) {
        self.name = name
        brokerCount = Int32(brokers)
        mock = try Mock(name: name, brokers: brokerCount)
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(mock.raw))
    }

    /// What a client needs to reach it.
    public var properties: ClientProperties { ClientProperties(["bootstrap.servers": bootstrapServers]) }

    /// The mock answers no CreateTopics request; this is the way to create one. Topics that exist are left alone.
    public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
        let code = rd_kafka_mock_topic_create(mock.raw, name, Int32(partitions), 1)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else {
            throw KafkaError(.init(code), "create a topic", cluster: self.name, topic: name)
        }
    }

    /// Takes all brokers down: connections break, nothing answers any more. What they stored stays.
    public func goDown() { for broker in 1...brokerCount { rd_kafka_mock_broker_set_down(mock.raw, broker) } }

    /// Brings all brokers up again, on the same ports.
    public func comeUp() { for broker in 1...brokerCount { rd_kafka_mock_broker_set_up(mock.raw, broker) } }

    /// Makes one broker unreachable.
    public func goDown(broker: Int) { rd_kafka_mock_broker_set_down(mock.raw, Int32(broker)) }
    public func comeUp(broker: Int) { rd_kafka_mock_broker_set_up(mock.raw, Int32(broker)) }

    /// Makes every broker take that long over each answer.
    public func setRoundTripTime(_ time: Duration) {
        for broker in 1...brokerCount { rd_kafka_mock_broker_set_rtt(mock.raw, broker, time.milliseconds) }
    }

    /// Requests that can be made to fail, by Kafka's API key.
    public enum Request: Int16, Sendable {
        case produce = 0, fetch = 1, listOffsets = 2, metadata = 3, offsetCommit = 8, offsetFetch = 9
        case findCoordinator = 10, initProducerID = 22
    }

    /// The next requests of that kind, to any broker, are answered with these errors, one each.
    public func fail(next request: Request, with codes: [KafkaError.Code]) {
        let errors = codes.map { rd_kafka_resp_err_t($0.rawValue) }
        rd_kafka_mock_push_request_errors_array(mock.raw, request.rawValue, errors.count, errors)
    }

    public func setLeader(of partition: TopicPartition, to broker: Int) {
        rd_kafka_mock_partition_set_leader(mock.raw, partition.topic, partition.partition, Int32(broker))
    }

    public func setCoordinator(ofGroup group: String, to broker: Int) {
        rd_kafka_mock_coordinator_set(mock.raw, "group", group, Int32(broker))
    }
}
