import Cutover
import KafkaClient
import MirrorLoop
public import OffsetTranslate

/// The demonstration's two clusters, kept running with data and a mirror, for any Kafka client to work against, and for people and
/// runbooks to do to them what is done to real ones.
public actor LiveSandbox {
    public nonisolated let estate: Estate
    public nonisolated let groupNames: [String]
    nonisolated let workload: Workload
    nonisolated let groups: [GroupApplication]
    private let recordsPerSecond: Int
    private let say: @Sendable (String) -> Void
    private var running: [SandboxPart: Background] = [:]
    private var isSourceDown = false

    /// Seconds that something may take to begin, or to come to its end. The embedded brokers wait 10 s for a mirror that is gone.
    private static let patience = 90

    /// - Parameters:
    ///   - backlog: Records in each partition from the start.
    ///   - recordsPerSecond: From the live producers, where they are.
    ///   - say: Told what a mirror can't do.
    public init(
        policy: any ReplicationPolicy, backlog: Int, recordsPerSecond: Int, say: @escaping @Sendable (String) -> Void
    ) async throws {
        estate = try Estate(policy: policy)
        workload = try Workload(estate)
        self.recordsPerSecond = recordsPerSecond
        self.say = say
        for (index, partition) in Estate.partitions.enumerated() {
            try await workload.writeForeign(37 + 41 * index, to: partition)
            workload.produce(backlog, to: partition)
        }
        guard await workload.flush() else { throw DemoError("the sandbox's first records could not be written") }
        groups = DemoGroups.make(estate, backlog: Int64(backlog), areMembers: false)
        groupNames = groups.map(\.group)
    }

    /// Begins to write, read and mirror.
    public func begin() throws {
        for part in [SandboxPart.producers, .consumers, .mirror] { running[part] = try background(part, home: nil) }
    }

    /// Goes on until cancelled.
    /// - Throws: What a part of it died of.
    public func run() async throws {
        while !Task.isCancelled {
            if let failure = running.values.lazy.compactMap(\.failure).first { throw failure }
            try? await Task.sleep(for: .milliseconds(100))
        }
        for part in running.values { part.cancel() }
        // This task is cancelled, and would not wait.
        await Task { for part in running.values { try? await part.end(by: .now + .seconds(20)) } }.value
    }

    /// Does what it is told, and says what it has done. To be told the same again is no mistake.
    /// - Throws: ``DemoError`` where it can't be done, or not in time.
    public func carryOut(_ order: SandboxOrder) async throws -> String {
        switch order {
        case .start(let part): return try await start(part, home: nil)
        case .startMirrorHome(let file):
            return try await start(.mirrorHome, home: try HomeMirror(estate.reverseFlow, path: file))
        case .stop(let part): return try await stop(part)
        case .sourceDown, .sourceUp:
            setSource(isDown: order == .sourceDown)
            return isSourceDown ? "west is down" : "west is up"
        case .produce(let count):
            let partitions = Estate.livePartitions
            for number in 0..<count { workload.produce(1, to: partitions[number % partitions.count], on: .target) }
            guard await workload.flush(.target) else { throw DemoError("east did not take all of the \(count) records in time") }
            return "\(count) records were written on east"
        }
    }

    /// Takes all of the source's brokers down, or up again. Returns whether they are up.
    public func toggleSource() -> Bool {
        setSource(isDown: !isSourceDown)
        return !isSourceDown
    }

    private func setSource(isDown: Bool) {
        if isDown == isSourceDown { return }
        isSourceDown = isDown
        if isDown { estate.source.goDown() } else { estate.source.comeUp() }
    }

    // MARK: Parts

    private func start(_ part: SandboxPart, home: HomeMirror?) async throws -> String {
        if let there = running[part] {
            guard !there.isEnding else { throw DemoError("\(part.name): still coming to an end; stop-\(part.rawValue) waits for it") }
            return "\(part.name): already there"
        }
        if let opposite = part.opposite, running[opposite] != nil {
            throw DemoError("\(part.name): not started: stop \(opposite.name) first (stop-\(opposite.rawValue))")
        }
        let begun = try background(part, home: home)
        do {
            try await begun.begun(by: .now + .seconds(Self.patience))
        } catch {
            begun.cancel()
            throw error is TooSlow ? DemoError("\(part.name) did not begin within \(Self.patience) s") : error
        }
        running[part] = begun
        return "\(part.name): started"
    }

    private func stop(_ part: SandboxPart) async throws -> String {
        guard let ending = running[part] else { return "\(part.name): not there" }
        do {
            try await ending.end(by: .now + .seconds(Self.patience))
        } catch is TooSlow {
            throw DemoError("\(part.name) did not come to an end within \(Self.patience) s; tell it again")
        }
        if part == .producers || part == .producersOnTarget {
            let isWritten = await workload.flush(part == .producers ? .source : .target)
            guard isWritten else { throw DemoError("\(part.name): what was written last is not acknowledged yet; tell it again") }
        }
        running[part] = nil
        return "\(part.name): stopped"
    }

    private func background(_ part: SandboxPart, home: HomeMirror?) throws -> Background {
        switch part {
        case .producers, .producersOnTarget:
            return Background { [workload, recordsPerSecond] in
                try await workload.run(recordsPerSecond: recordsPerSecond, to: Estate.livePartitions, on: part == .producers ? .source : .target)
            }
        case .consumers, .consumersOnTarget:
            for group in groups { group.begin() }
            return Background(
                hasBegun: { [groups] in groups.allSatisfy(\.isSettled) }, ask: { [groups] in for group in groups { group.stop() } }
            ) { [groups] in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for group in groups { tasks.addTask { try await group.keepReading(on: part == .consumers ? .source : .target) } }
                    try await tasks.waitForAll()
                }
            }
        case .mirror: return try mirroring(estate.openSource(), estate.openTarget(), MirrorConfiguration(flow: estate.flow))
        case .mirrorHome:
            guard let home else { throw DemoError("the mirror east -> west needs a file that says where it begins") }
            return try mirroring(estate.openTarget(), estate.openSource(), home.configuration)
        }
    }

    /// It survives its source: it waits for it to come back.
    private func mirroring(_ source: LibrdkafkaCluster, _ target: LibrdkafkaCluster, _ configuration: MirrorConfiguration) throws -> Background {
        var configuration = configuration
        configuration.namedGroups = groupNames
        configuration.checkpointInterval = .seconds(1)
        let mirror = try Mirror(source: source, target: target, configuration: configuration) { [say] event in
            if case .partitionHalted = event { say("\(event)") }
        }
        return Background(hasBegun: { mirror.status.heartbeats > 0 }) { try await mirror.run() }
    }
}

/// The mirror on the way home, as `failover mirror --start-from` would be begun.
private struct HomeMirror {
    let configuration: MirrorConfiguration

    init(_ flow: ReplicationFlow, path: String) throws {
        let file = try ReverseStartFile(path: path)
        var configuration = MirrorConfiguration(flow: flow)
        configuration.starts = try file.starts(of: flow, path)
        configuration.flow.offsetSyncsLocation = file.offsetSyncsLocation
        self.configuration = configuration
    }
}
