/// What only histories have in which something went back, or may have.
struct Disturbance: Hashable, Sendable {
    /// From every time the mirror went back, until it has passed again what it may have reached before.
    var earlier: [EarlierCopies] = []
    /// The first sync since the target was (re-)created, where it is not the line's first.
    var origin: StrictMarker.Pair?
    /// The last sync that showed that the mirror had gone back.
    ///
    /// The first sync after a restart can be lost. So all that is known of a source offset below this one is that its
    /// latest copy is not above: it may be an old one, or one that the restart made.
    var comeback: StrictMarker.Pair?
    /// The target was re-created or truncated since the first sync.
    var isTainted = false
    /// The highest source offset that may have been copied since the source was (re-)created.
    var reach: Int64
    /// Up to this source offset, copies may lie on the target more than once, or in another order than the line says.
    var disorder: Int64?

    init(reach: Int64) { self.reach = reach }

    /// Whether a line can have come about with it: who goes back begins no later on the source, and no earlier on the target.
    func fits(_ line: SyncLine) -> Bool {
        guard let origin else { return true }
        guard !line.isEmpty else { return false }
        let first = line.sync(0, 0)
        return first.upstreamOffset <= origin.upstreamOffset && first.downstreamOffset >= origin.downstreamOffset
    }

    mutating func mayHaveCopied(upTo offset: Int64) {
        reach = max(reach, offset)
        disorder = max(disorder ?? offset, offset)
    }

    mutating func copiedAgain(upTo offset: Int64) {
        reach = max(reach, offset)
        for index in earlier.indices { earlier[index].copiedAgain = max(earlier[index].copiedAgain, offset) }
        earlier.removeAll { $0.copiedAgain >= $0.reach }
    }
}

/// A value that most owners don't have: it takes one word where there is none.
struct Rare<Value: Hashable & Sendable>: Hashable, Sendable {
    private var storage: [Value] = []

    var value: Value? {
        get { storage.first }
        set { storage = newValue.map { [$0] } ?? [] }
    }

    var isEmpty: Bool { storage.isEmpty }

    /// Changes the value in place, where there is one.
    mutating func update(_ change: (inout Value) -> Void) {
        if !storage.isEmpty { change(&storage[0]) }
    }

    /// Changes the value in place, made first where there is none.
    mutating func update(orFrom initial: @autoclosure () -> Value, _ change: (inout Value) -> Void) {
        if storage.isEmpty { storage.append(initial()) }
        change(&storage[0])
    }
}
