internal import Dispatch
internal import Foundation
internal import OffsetTranslate
internal import Synchronization

/// A plan in JSON, piece by piece: once for its digest and for its journal, which is most of what writing it down costs.
struct PlanText {
    struct Group {
        var name: String
        /// A JSON array.
        var offsets: Data
    }

    /// All but the offsets.
    private let header: Data
    /// By name.
    let groups: [Group]

    init(_ plan: CutoverPlan) throws {
        var bare = plan
        bare.offsets = []
        header = try JSONEncoder.sorted().encode(bare)
        let planned = Dictionary(grouping: plan.offsets, by: \.group).sorted { $0.key < $1.key }
        // On all cores: of thousands of groups it takes longer than to commit some.
        let encoded = Mutex<[Int: Result<Data, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: planned.count) { index in
            let offsets = Result { try JSONEncoder.sorted().encode(planned[index].value) }
            encoded.withLock { $0[index] = offsets }
        }
        let texts = encoded.withLock { $0 }
        groups = try planned.indices.compactMap { index in
            try texts[index].map { Group(name: planned[index].key, offsets: try $0.get()) }
        }
    }

    /// SHA-256 over the pieces, each with a line break, in hexadecimal.
    var digest: String { sha256(([header] + groups.map(\.offsets)).reduce(into: Data()) { $0 += $1 + [0x0A] }) }
}

extension CutoverPlan {
    /// SHA-256 over all that the plan says, in hexadecimal.
    public func digest() throws -> String { try PlanText(self).digest }
}
