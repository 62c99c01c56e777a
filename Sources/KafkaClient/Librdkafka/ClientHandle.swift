internal import CRdkafka
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Sole owner of one `rd_kafka_t`: made in `init`, destroyed in `deinit`.
///
/// `@unchecked Sendable`: the pointer never changes, and librdkafka's handles may be used from any thread.
final class ClientHandle: @unchecked Sendable {
    enum Kind {
        case consumer, producer
    }

    let raw: OpaquePointer
    let cluster: String
    /// Outlives `raw`, whose log callback points at it: the destruction below keeps it until the handle is gone.
    let diagnostics: ClientDiagnostics
    /// A consumer of the group protocol must be closed; one that only reads has nobody to tell.
    private let closesConsumer: Bool

    /// - Throws: ``KafkaError`` with code `invalidArgument` where librdkafka refuses a property.
    init(
        _ kind: Kind, cluster: String, properties: ClientProperties, defaults: [String: String] = [:],
        required: [String: String] = [:], closesConsumer: Bool = false, log: ClientLog? = nil,
        configure: (OpaquePointer) -> Void = { _ in }
    ) throws(KafkaError) {
        self.cluster = cluster
        self.closesConsumer = closesConsumer
        let all = ClientProperties(Self.builtin.merging(defaults) { $1 }).merging(properties).merging(ClientProperties(required))
        diagnostics = ClientDiagnostics(cluster: cluster, properties: all, log: log)
        // Owned here until rd_kafka_new takes it, which it does only on success.
        let conf: OpaquePointer = rd_kafka_conf_new()
        do {
            try Self.apply(all.hearingOfTickets, to: conf, cluster)
        } catch {
            rd_kafka_conf_destroy(conf)
            throw error
        }
        rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(diagnostics).toOpaque())
        rd_kafka_conf_set_log_cb(conf) { client, level, facility, text in
            guard let client, let opaque = rd_kafka_opaque(client), let text else { return }
            Unmanaged<ClientDiagnostics>.fromOpaque(opaque).takeUnretainedValue()
                .record(level: level, facility: facility.map { String(cString: $0) } ?? "", text: String(cString: text))
        }
        if all.usesTLS { explainCertificates(conf) }
        configure(conf)
        var text = [CChar](repeating: 0, count: 512)
        guard let raw = rd_kafka_new(kind == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf, &text, text.count)
        else {
            rd_kafka_conf_destroy(conf)
            let message = ([diagnostics.redacted(string(text))] + all.unreadableFiles).joined(separator: "; ")
            throw KafkaError(.invalidArgument, "set up a Kafka client", cluster: cluster, message: message, isFatal: true)
        }
        self.raw = raw
    }

    /// Quiet, and no surprises: topics are never created by looking, offsets never committed by themselves.
    private static let builtin = [
        "client.id": "failover",
        "allow.auto.create.topics": "false",
        // Told all that may say why a broker does not answer; ``ClientDiagnostics`` keeps the rest to itself.
        "log_level": "6",
        "log.connection.close": "true",
        "socket.connection.setup.timeout.ms": "10000",
        "reconnect.backoff.max.ms": "1000",
    ]

    private static func apply(
        _ properties: ClientProperties, to conf: OpaquePointer, _ cluster: String
    ) throws(KafkaError) {
        var text = [CChar](repeating: 0, count: 512)
        var failure: KafkaError?
        properties.forEach { name, value in
            guard failure == nil, rd_kafka_conf_set(conf, name, value, &text, text.count) != RD_KAFKA_CONF_OK else { return }
            let reason = properties.hasSecret(name) ? "the value of \(name) is not acceptable" : string(text)
            failure = KafkaError(
                .invalidArgument, "set the client property \(name)", cluster: cluster, message: reason, isFatal: true)
        }
        if let failure { throw failure }
    }

    /// An error of this client; a time-out tells what the client last complained of.
    func error(
        _ code: rd_kafka_resp_err_t, _ operation: String, topic: String? = nil, partition: Int32? = nil,
        group: String? = nil, message: String? = nil
    ) -> KafkaError {
        var error = KafkaError(
            .init(code), operation, cluster: cluster, topic: topic, partition: partition, group: group, message: message)
        if [.timedOut, .transport, .allBrokersDown].contains(error.code), let complaint = diagnostics.lastComplaint {
            if let code = complaint.code {
                error.code = code
                // Refused credentials stay refused: this is no cluster that is merely away.
                error.isRetriable = KafkaError.Code.retriable.contains(code)
            }
            error.message += "; " + complaint.text
        }
        if code == RD_KAFKA_RESP_ERR__FATAL {
            var text = [CChar](repeating: 0, count: 512)
            error.code = .init(rd_kafka_fatal_error(raw, &text, text.count))
            error.message = string(text)
            error.isFatal = true
        }
        return error
    }

    /// Takes over a `rd_kafka_error_t` and frees it.
    func error(consuming error: OpaquePointer, _ operation: String, topic: String? = nil, group: String? = nil) -> KafkaError {
        defer { rd_kafka_error_destroy(error) }
        var result = self.error(
            rd_kafka_error_code(error), operation, topic: topic, group: group,
            message: String(cString: rd_kafka_error_string(error)))
        result.isRetriable = result.isRetriable || rd_kafka_error_is_retriable(error) != 0
        result.isFatal = result.isFatal || rd_kafka_error_is_fatal(error) != 0
        return result
    }

    deinit {
        // Destroying waits for the client's own threads: never on the cooperative pool.
        let (raw, diagnostics, flags) = (
            UInt(bitPattern: raw), diagnostics, closesConsumer ? 0 : RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE
        )
        Self.graveyard.async {
            rd_kafka_destroy_flags(OpaquePointer(bitPattern: raw), flags)
            withExtendedLifetime(diagnostics) {}
        }
    }

    /// Where what blocks while it goes is let go.
    static let graveyard = DispatchQueue(label: "kafka.destroy", attributes: .concurrent)

    /// Waits until every client destroyed so far is really gone; for leak checks and a clean exit.
    static func drain() { graveyard.sync(flags: .barrier) {} }
}

/// A C string buffer as text.
func string(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
