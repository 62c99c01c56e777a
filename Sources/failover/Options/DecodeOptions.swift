import ArgumentParser
import Dispatch
import KafkaClient
import OffsetTranslate

/// What the three commands that decode an internal topic share.
struct DecodeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read this topic instead of the one the configuration implies.", valueName: "name")) var topicName: String?
    @Option(help: ArgumentHelp("Read the topic on this cluster: source or target.", valueName: "side")) var on: Side?
    @Option(help: ArgumentHelp(
        "Only what was written at this instant or later: 2026-11-26T01:00:00Z, or an age such as 90s, 15m, 2h or 3d. Records without a timestamp do not pass.",
        valueName: "time"))
    var since: Moment?
    @Option(help: ArgumentHelp("Only what was written before this instant.", valueName: "time")) var until: Moment?
    @Flag(help: "Go on with what is written from now on, until interrupted.") var follow = false
    @Flag(help: "Sum up what passes, instead of listing it.") var stats = false
    @Option(help: "text (shortened to fit a terminal), wide, jsonl or csv.") var output = ListingFormat.text

    enum Side: String, ExpressibleByArgument, CaseIterable { case source, target }

    func validate() throws {
        guard !(follow && stats) else { throw ValidationError("--stats sums up what is there; leave out --follow.") }
        guard !(follow && until != nil) else { throw ValidationError("--follow goes on with what comes; leave out --until.") }
        if let since, let until, since.milliseconds >= until.milliseconds { throw ValidationError("--since is not before --until: nothing can pass.") }
    }

    private var window: TimeWindow { TimeWindow(since: since, until: until) }

    /// A cluster of the flow.
    func cluster(_ side: Side, of configuration: FlowConfiguration, _ flow: FlowOptions) throws -> LibrdkafkaCluster {
        try flow.open(side == .source ? configuration.source : configuration.target)
    }

    /// Reads the topic and writes what passes, in log order.
    func list<Entry: InternalTopicEntry>(
        _ topic: InternalTopic<Entry>, _ columns: [Column<Located<Entry>>], where passes: @escaping @Sendable (Entry) -> Bool
    ) async throws {
        let listing = Listing(columns, as: output), window = window
        let reading = Task { [follow] in
            try await topic.follow(waiting: { error in
                Console.say(error.map { "trying on until it answers: \($0)" } ?? "'\(topic.cluster.name)' answers again")
            }) { entries, reading in
                let rows = entries.filter { window.includes($0.timestamp) && passes($0.entry) }
                try await listing.add(rows)
                if let warning = reading.warning { Console.warn(warning) }
                if !follow { say(reading, "\(rows.count.grouped) shown") }
                return follow
            }
        }
        let signals = follow ? onTermination { reading.cancel() } : []
        defer { signals.forEach { $0.cancel() } }
        do { try await reading.value } catch is CancellationError {}
    }

    /// Reads the topic and sums up what passes.
    func sum<Entry: InternalTopicEntry, Statistics: Sendable>(
        _ topic: InternalTopic<Entry>, into statistics: Statistics, where passes: @escaping @Sendable (Entry) -> Bool,
        _ insert: @escaping @Sendable (inout Statistics, Located<Entry>) -> Void
    ) async throws -> Statistics {
        let window = window
        let ((sum, count), reading) = try await topic.read(into: (statistics, 0)) { state, located in
            guard window.includes(located.timestamp), passes(located.entry) else { return }
            insert(&state.0, located)
            state.1 += 1
        }
        if let warning = reading.warning { Console.warn(warning) }
        say(reading, "\(count.grouped) summed up")
        return sum
    }

    private func say(_ reading: TopicReading, _ outcome: String) {
        Console.say("\(reading.decoded.grouped) records in '\(reading.topic)' on '\(reading.cluster)' (offsets \(reading.bounds)), \(outcome)")
    }
}
