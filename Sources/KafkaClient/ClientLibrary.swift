internal import CRdkafka

/// The client library underneath.
public enum ClientLibrary {
    /// librdkafka's version, such as "2.0.2".
    public static var version: String { String(cString: rd_kafka_version_str()) }

    /// What it was built with, such as "gzip,snappy,ssl,sasl,...".
    public static var features: String {
        let conf = rd_kafka_conf_new()
        defer { rd_kafka_conf_destroy(conf) }
        var size = 512
        var text = [CChar](repeating: 0, count: size)
        guard rd_kafka_conf_get(conf, "builtin.features", &text, &size) == RD_KAFKA_CONF_OK else { return "" }
        return string(text)
    }

    /// Waits until every closed client has given back its threads, sockets and memory, for leak checks and a clean exit.
    public static func waitForClosedClients(atMost timeout: Duration = .seconds(5)) {
        ClientHandle.drain()
        rd_kafka_wait_destroyed(timeout.milliseconds)
    }
}
