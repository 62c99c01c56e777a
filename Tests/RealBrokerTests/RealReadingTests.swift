import Cutover
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// What embedded brokers can't show: look-ups by time, transactions, and what is built on reading both logs.
extension RealBrokerTests {
    private func write(_ records: [Record], to partition: TopicPartition, on cluster: LibrdkafkaCluster) async throws {
        let producer = try Producer(cluster: cluster.name, properties: cluster.properties)
        for record in records { try producer.produce(record, to: partition) { _ in } }
        try #require(await producer.flush(within: .seconds(30)))
    }

    private func record(_ number: Int, at timestamp: Int64? = nil) -> Record {
        Record(key: Array("k\(number % 7)".utf8), value: Array("value \(number)".utf8), timestamp: timestamp ?? 1_700_000_000_000 + Int64(number))
    }

    @Test func offsetsByTimestamp() async throws {
        let clusters = try await RealClusters()
        let partition = clusters.partitions[1], empty = clusters.partitions[2]
        try await write([500, 100, 900, 300, 900, 200].map { record(Int($0), at: $0) }, to: partition, on: clusters.source)
        for (timestamp, offset): (Int64, Int64?) in [(0, 0), (500, 0), (501, 2), (900, 2), (901, nil), (.max, nil)] {
            let found = try await clusters.source.offsets(atOrAfter: [partition: timestamp, empty: timestamp])
            #expect(found[partition] == offset && found[empty] == nil, "\(timestamp)")
        }
        let nowhere = TopicPartition(topic: "\(clusters.run)-nowhere", partition: 0)
        #expect(try await clusters.source.offsets(atOrAfter: [nowhere: 1]).isEmpty)
        do {
            _ = try await clusters.source.offsets(atOrAfter: [partition: -1])
            Issue.record("-1 asks for something else")
        } catch let error as KafkaError {
            #expect(error.code == .invalidArgument)
        }
    }

    @Test func estimatesFromTimestamps() async throws {
        let clusters = try await RealClusters()
        let source = clusters.partitions[0], target = clusters.flow.target(of: source)
        try await clusters.target.createTopics([RealClusters.newTopic(target.topic)])
        // An early record with a late time, and a hundred at a time.
        let records = (0..<1000).map { record($0, at: 1_700_000_000_000 + ($0 == 450 ? 99 : Int64($0 / 100))) }
        try await write(records, to: source, on: clusters.source)
        try await write(records.suffix(950), to: target, on: clusters.target)
        let offsets: [Int64] = [50, 451, 555, 999, 1000]
        let questions = offsets.map { TranslationQuestion(source: source, target: target, upstreamOffset: $0) }
        let byTime = try await TimestampStrategy(source: clusters.source, target: clusters.target, limits: nil).translate(questions)
        #expect(byTime.map(\.position) == [0, 350, 400, 400, 400])
        let byRecords = try await TimestampStrategy(source: clusters.source, target: clusters.target).translate(questions)
        #expect(byRecords.map(\.position) == [0, 401, 505, 949, 950])
        #expect(byRecords.allSatisfy { $0.kind == .estimate && $0.evidence.rule == .records })
    }

    @Test func rangesAndAbortedTransactions() async throws {
        let clusters = try await RealClusters()
        let addresses = try #require(RealClusters.addresses)
        let partition = clusters.partitions[0], other = clusters.partitions[1]
        try await write((0..<100).map { record($0) }, to: partition, on: clusters.source)
        try Transaction.write((0..<10).map { "aborted \($0)" }, to: partition, at: addresses.source, then: .abort)
        try Transaction.write((0..<10).map { "committed \($0)" }, to: partition, at: addresses.source, then: .commit)
        try await write((0..<50).map { record($0) }, to: other, on: clusters.source)
        // A marker behind each of the two.
        let bounds = try await clusters.source.logBounds(of: [partition])[partition]
        #expect(bounds == LogBounds(start: 0, end: 122))

        func read(_ ranges: [(TopicPartition, Range<Int64>)], _ isolation: Isolation?) async throws -> [TopicPartition: [Int64]] {
            let ranges = ranges.map { LogRange($0.0, LogBounds(start: $0.1.lowerBound, end: $0.1.upperBound)) }
            return try await clusters.source.scan(ranges, isolation: isolation, into: [:]) { offsets, message in
                offsets[TopicPartition(topic: message.topic, partition: message.partition), default: []].append(message.offset)
            }
        }
        // Not in order, next to each other, across what was aborted, ending on a marker; and one of another partition.
        let ranges: [(TopicPartition, Range<Int64>)] = [
            (partition, 95..<105), (partition, 0..<3), (other, 10..<12), (partition, 3..<5), (partition, 108..<122), (partition, 50..<50),
        ]
        #expect(try await read(ranges, .uncommitted) == [
            partition: [0, 1, 2, 3, 4] + Array(95..<105) + [108, 109] + Array(111..<121), other: [10, 11],
        ])
        for isolation in [.committed, nil] as [Isolation?] {
            #expect(try await read(ranges, isolation) == [
                partition: [0, 1, 2, 3, 4] + Array(95..<100) + Array(111..<121), other: [10, 11],
            ])
        }
        // Nothing but what no reader gets.
        #expect(try await read([(partition, 100..<111)], .committed).isEmpty)
        #expect(try await read([(partition, 110..<111)], .uncommitted).isEmpty)
    }

    /// A mirror such as MM2's: no marks, a sync now and then, aborted records copied, somebody else's in between.
    @Test func whatSyncsLeaveOpenRecordsProve() async throws {
        let clusters = try await RealClusters()
        let addresses = try #require(RealClusters.addresses), flow = clusters.flow
        let source = clusters.partitions[0], target = flow.target(of: source)
        try await write((0..<500).map { record($0) }, to: source, on: clusters.source)
        try Transaction.write((0..<10).map { "aborted \($0)" }, to: source, at: addresses.source, then: .abort)
        try await write((500..<1000).map { record($0) }, to: source, on: clusters.source)

        for (topic, partitions) in [(target.topic, 3), (flow.offsetSyncsTopic, 1)] {
            try await clusters.target.createTopics([RealClusters.newTopic(topic, partitions: partitions)])
        }
        let originals = try await clusters.source.scan(
            [LogRange(source, LogBounds(start: 0, end: 1011))], isolation: .uncommitted, into: [ConsumedRecord]()) { $0.append($1.copy()) }
        #expect(originals.count == 1010)
        let copier = try Producer(cluster: clusters.target.name, properties: clusters.target.properties)
        var copies: [Int64: Int64] = [:]
        for (index, original) in originals.enumerated() {
            if index % 90 == 7 { _ = try await copier.send(Record(value: Array("foreign".utf8)), to: target) }
            copies[original.offset] = try await copier.send(original.record, to: target)
        }
        let syncs = TopicPartition(topic: flow.offsetSyncsTopic, partition: 0)
        for upstream in [0, 400, 700] as [Int64] {
            let sync = OffsetSync(topicPartition: source, upstreamOffset: upstream, downstreamOffset: try #require(copies[upstream]))
            _ = try await copier.send(Record(key: sync.encodedKey(), value: sync.encodedValue()), to: syncs)
        }
        var expected: [String: Int64] = [:]
        for offset in [1, 237, 505, 511, 699, 900, 1011] as [Int64] {
            let group = "\(clusters.run)-at-\(offset)"
            _ = try await clusters.source.commit([source: .init(offset: offset)], for: group)
            expected[group] = offset == 1011 ? (copies[1010] ?? 0) + 1 : copies[offset]
        }
        var planner = Planner(flow: flow, source: clusters.source, target: clusters.target)
        let bySyncs = try await planner.plan(.named(expected.keys.sorted()))
        #expect(bySyncs.offsets.count == expected.count && bySyncs.offsets.allSatisfy { $0.translation.kind == .bounded })
        planner.proof = RecordProof(source: clusters.source, target: clusters.target)
        let proven = try await planner.plan(.named(expected.keys.sorted()))
        #expect(proven.offsets.count == expected.count)
        for offset in proven.offsets {
            let translation = offset.translation
            #expect(translation.kind == .exactByProof, "\(offset.group): \(translation)")
            // What is nobody's may lie in between, and is neither read again nor skipped by anybody.
            let between = try #require(translation.position)..<(try #require(expected[offset.group]))
            #expect(copies.values.allSatisfy { !between.contains($0) } && !between.contains(0), "\(offset.group): \(translation)")
        }
    }

    @Test func aCaptureOutlivesTheSource() async throws {
        let clusters = try await RealClusters()
        var flow = clusters.flow
        flow.offsetSyncsLocation = .source
        for partition in clusters.partitions { try await write((0..<2000).map { record($0) }, to: partition, on: clusters.source) }
        let group = "\(clusters.run)-captured"
        let committed = Dictionary(uniqueKeysWithValues: zip(clusters.partitions, [0, 1234, 2000] as [Int64]).map { ($0, CommittedOffset(offset: $1, metadata: "m")) })
        _ = try await clusters.source.commit(committed, for: group)
        var mirroring = clusters.configuration()
        mirroring.flow = flow
        mirroring.emitsCheckpoints = false
        let mirror = try Mirror(source: clusters.source, target: clusters.target, configuration: mirroring)
        let running = Task { try await mirror.run() }
        try await eventually("the mirror to catch up") {
            mirror.status.positions.count == 3 && mirror.status.positions.values.allSatisfy { $0 == 2000 }
        }
        running.cancel()
        try await running.value

        var capturing = CaptureConfiguration(flow: flow, includesGroup: { $0 == group })
        capturing.offsetSyncsReplicationFactor = 1
        capturing.positionsReplicationFactor = 1
        let capture = try Capture(source: clusters.source, target: clusters.target, configuration: capturing)
        try await capture.runOnce()
        let relayed = await capture.status.relayed
        #expect(relayed > 0)
        // A second one has nothing to do, and writes nothing twice.
        let second = try Capture(source: clusters.source, target: clusters.target, configuration: capturing)
        try await second.runOnce()
        #expect(await second.status.relayed == 0)
        flow.offsetSyncsLocation = .target
        #expect(try await SyncsOrigin(of: flow.offsetSyncsTopic, on: clusters.target, for: clusters.flow) == .capture)

        // The source is not asked any more.
        let plan = try await Planner(flow: flow, source: nil, target: clusters.target).plan(.named([group]))
        #expect(plan.offsets.count == 3)
        for offset in plan.offsets {
            let translation = offset.translation, wanted = committed[offset.source]
            #expect(translation.kind == .exact && translation.position == wanted?.offset && offset.upstream == wanted, "\(offset.source): \(translation)")
        }
    }
}
