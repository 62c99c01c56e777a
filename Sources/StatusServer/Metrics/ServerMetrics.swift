import Foundation
import KafkaClient

/// The server's own metrics: whether the flow's can be relied on.
struct ServerMetrics {
    private let flow: Labels
    private var text = Exposition()

    init(_ state: BoardState, _ board: StatusBoard) {
        flow = Labels(["source": board.flow.source, "target": board.flow.target])
        text.family("failover_build_info", "Versions of the program and of the Kafka client library.")
        text.add(flow.with(["version": board.version, "librdkafka": ClientLibrary.version]), 1 as Int64)
        one("failover_start_timestamp_seconds", "When the server started.", Double(state.startedAt) / 1000)
        one("failover_refresh_interval_seconds", "From the beginning of one look at the clusters to that of the next.", board.interval / .seconds(1))
        one(
            "failover_refresh_timestamp_seconds", "When the last look that succeeded ended.",
            state.shown.map { Double($0.refreshedAt) / 1000 })
        one(
            "failover_refresh_duration_seconds", "How long the last look took, whether it succeeded or not.",
            state.lastDuration.map { $0 / .seconds(1) })
        text.family("failover_refresh_failures_total", "Looks that failed.", .counter)
        text.add(flow, Int64(state.failures))
    }

    var data: Data { Data(text.bytes) }

    private mutating func one(_ name: String, _ help: String, _ value: Double?) {
        text.family(name, help)
        if let value { text.add(flow, value) }
    }
}
