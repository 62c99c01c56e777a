internal import Foundation
import OffsetTranslate

/// What a mirror has to remember of a flow beside its offset syncs: what these don't tell whoever finds a partition's place.
struct FlowNotes: Sendable {
    /// A record that the target refuses and the operator had left out: there is no copy of it to be looked for.
    struct LeftOut: Codable, Hashable, Sendable {
        var topic: String
        var partition: Int32
        var offset: Int64
        var reason: String
        /// Milliseconds since the epoch.
        var time: Int64
    }

    /// A source partition that was found to be another one than the one that was mirrored. What was mirrored between that and its
    /// discovery has syncs that look right.
    struct SourceReset: Codable, Hashable, Sendable {
        var topic: String
        var partition: Int32
        /// What the target's log held then lies below this offset; copies of what the source holds now come behind it.
        var targetEnd: Int64
        var reason: String
    }

    private(set) var leftOut: [TopicPartition: Set<Int64>] = [:]
    /// The last one of each partition.
    private(set) var resets: [TopicPartition: SourceReset] = [:]

    /// Takes a note as ``FlowNoteLog`` writes it; others are passed over.
    mutating func read(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        let value = Data(value)
        if key.starts(with: "left-out ".utf8), let note = try? JSONDecoder().decode(LeftOut.self, from: value) {
            leftOut[TopicPartition(topic: note.topic, partition: note.partition), default: []].insert(note.offset)
        } else if key.starts(with: "source-reset ".utf8), let note = try? JSONDecoder().decode(SourceReset.self, from: value) {
            resets[TopicPartition(topic: note.topic, partition: note.partition)] = note
        }
    }
}

/// The notes of a flow, as JSON in its tasks topic on the target, compacted by key.
struct FlowNoteLog: Sendable {
    let flow: ReplicationFlow
    let target: any KafkaCluster

    private var place: TopicPartition { TopicPartition(topic: flow.tasksTopic, partition: 0) }

    func read() async throws -> FlowNotes {
        guard let bounds = try await target.logBounds(of: [place])[place], !bounds.isEmpty else { return FlowNotes() }
        return try await target.scan([LogRange(place, bounds)], into: FlowNotes()) { notes, message in
            if let key = message.key, let value = message.value { notes.read(key: key, value: value) }
        }
    }

    /// Returns once it is in the log.
    func append(_ note: FlowNotes.LeftOut, by producer: Producer, within patience: Duration) async throws {
        try await append(note, key: "left-out \(note.topic) \(note.partition) \(note.offset)", producer, patience)
    }

    /// Returns once it is in the log.
    func append(_ note: FlowNotes.SourceReset, by producer: Producer, within patience: Duration) async throws {
        try await append(note, key: "source-reset \(note.topic) \(note.partition)", producer, patience)
    }

    private func append(_ note: some Encodable, key: String, _ producer: Producer, _ patience: Duration) async throws {
        _ = try await producer.send(Record(key: Array(key.utf8), value: Array(try JSONEncoder.sorted().encode(note))), to: place, within: patience)
    }
}
