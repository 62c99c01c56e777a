import OffsetTranslate

/// Where a group that reads on `west` has to go on on `east`.
func translatedPositions(of group: String, west: String, east: String) async throws -> [TopicPartition: Translation] {
    let source = try LibrdkafkaCluster(name: "west", properties: ClientProperties(["bootstrap.servers": west]))
    let target = try LibrdkafkaCluster(name: "east", properties: ClientProperties(["bootstrap.servers": east]))
    let flow = ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)

    // The whole history of offset syncs.
    let syncs = InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: target)
    let (snapshot, _, _) = try await syncs.history(withStock: false)
    let map = snapshot.history.map

    // Where the group stands, and how far the copies reach: asked after the syncs were read.
    let commits = try await source.committedOffsets(of: group, for: map.partitions)
    let bounds = try await target.logBounds(of: commits.keys.map(flow.target(of:)))

    return commits.reduce(into: [:]) { positions, commit in
        let copy = flow.target(of: commit.key)
        positions[copy] = map.translate(commit.value.offset, of: commit.key, target: bounds[copy])
    }
}
