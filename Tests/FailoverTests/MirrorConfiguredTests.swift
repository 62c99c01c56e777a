import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

@testable import failover

/// What the configuration makes of a mirror, and what is said of its progress.
@Suite struct MirrorConfiguredTests {
    private func configuration(_ settings: [String: String]) throws -> MirrorConfiguration {
        var warnings: [ConfigurationWarning] = []
        return try MirrorConfiguration(
            FlowConfiguration(sourceBootstrap: "a:1", targetBootstrap: "b:1", settings: settings, warnings: &warnings))
    }

    @Test func everySettingReachesTheMirror() throws {
        let set = try configuration([
            "tasks.max": "5", "failover.exactly.once": "true", "failover.transaction.interval.ms": "40", "failover.transaction.records": "9",
            "failover.provenance.headers": "true", "failover.in.flight.records": "11", "failover.in.flight.mb": "2",
            "failover.fetched.mb": "3", "failover.refused.records": "skip", "failover.source.reset": "new-history",
        ])
        #expect(set.tasks == 5 && set.isExactlyOnce && set.transactionInterval == .milliseconds(40) && set.transactionRecords == 9)
        #expect(set.marksProvenance && set.refusedRecords == .skip && set.sourceReset == .newHistory)
        var limits = CopyLimits()
        (limits.records, limits.bytes, limits.fetchedBytes) = (11, 2 << 20, 3 << 20)
        #expect(set.limits == limits)
    }

    /// The defaults of the keys and those of the mirror are written in two places.
    @Test func defaultsAreTheMirrorsOwn() throws {
        let set = try configuration([:]), own = MirrorConfiguration(flow: set.flow)
        #expect(set.tasks == own.tasks && set.isExactlyOnce == own.isExactlyOnce && set.limits == own.limits)
        #expect(set.transactionInterval == own.transactionInterval && set.transactionRecords == own.transactionRecords)
        #expect(set.marksProvenance == own.marksProvenance && set.refusedRecords == own.refusedRecords && set.sourceReset == own.sourceReset)
    }

    @Test func partitionsThatAreNotMirroredAreNamedInOneLineEach() {
        let halted = Dictionary(uniqueKeysWithValues: (0..<25).map { (TopicPartition(topic: "t", partition: $0), "reason \($0)\n  what to do") })
        let lines = MirrorView.halted(halted)
        #expect(lines.count == 21 && lines[3] == "NOT MIRRORED: t-3: reason 3" && lines[20].hasSuffix("5 more partitions"))
        #expect(MirrorView.halted(halted, limit: .max).count == 25 && MirrorView.halted([:]).isEmpty)
    }
}
