package import KafkaClient
import OffsetTranslate

extension Planner {
    func select(_ selection: Selection, _ evidence: Evidence) async throws -> [String] {
        switch selection {
        case .all(let includes): try await known(evidence).filter(includes).sorted()
        case .named(let names): Set(names).sorted()
        }
    }

    /// Groups with a position on the target, and those that the source lists.
    private func known(_ evidence: Evidence) async throws -> Set<String> {
        var known = evidence.groups
        if let source {
            do {
                known.formUnion(try await source.groups().map(\.name))
            } catch let error as KafkaError where error.code == .unsupportedFeature {
                // The source can't list; the checkpoints name the groups.
            }
        }
        return known
    }

    /// A name with no commit, checkpoint or captured position is a mistake, not a group with nothing to do. With the source alive,
    /// a group may have commits there without being listed (the embedded clusters), so its commits decide.
    func requireKnown(_ names: [String], _ positions: [Position], _ evidence: Evidence) async throws {
        let found = Set(positions.map(\.group)).union(evidence.groups)
        let unknown = names.filter { !found.contains($0) }
        guard !unknown.isEmpty else { return }
        throw UnknownGroups(
            unknown: unknown, known: try await known(evidence).subtracting(unknown).sorted(), topic: flow.checkpointsTopic,
            source: source == nil ? nil : flow.sourceAlias)
    }

    /// `nil` where the brokers can't tell.
    func targetStates(of groups: [String]) async throws -> ([String: GroupState]?, [String]) {
        if let listed = try await target.listed(groups) { return (listed.mapValues(\.state), []) }
        return (nil, ["'\(target.name)' can't list its groups: whether one has members there shows at its commit."])
    }
}

extension KafkaCluster {
    /// The states of groups, as ``groups(named:)``; `nil` where the brokers can't tell.
    package func listed(_ groups: [String]) async throws -> [String: GroupListing]? {
        do { return try await self.groups(named: groups) } catch let error as KafkaError where error.code == .unsupportedFeature { return nil }
    }
}
