import OffsetTranslate
internal import Synchronization

/// One source partition under way to its copy: how far it has been read, written and synced.
///
/// Read and handed on by the task's reader, acknowledged on the producer's thread.
final class PartitionCopy: Sendable {
    let source: TopicPartition
    let target: TopicPartition
    private struct State: Sendable {
        var emitter: SyncEmitter
        var history: PartitionHistory
        var writtenSync: SyncEmitter.Pair?
        /// Behind the last record acknowledged.
        var next: Int64
        /// A record and its copy that were equal when they were last looked at, or are to be at the next look.
        var anchor: SyncEmitter.Pair?
        var unnotedReset: String?
        var flow = CopyFlow()
        var lastProgress = ContinuousClock.now
    }
    private let state: Mutex<State>

    /// The next offset to be read. Written by the reader's thread alone.
    private let upcoming: Atomic<Int64>
    private let unanswered = Atomic(0)
    private let handedOn = Atomic(0)
    private let handedOnBytes = Atomic(0)
    /// Nothing more is taken of it until what is on its way is answered. Written by the reader's thread alone.
    private let parked = Atomic(false)
    private let halted = Atomic(false)
    /// Read, and waiting until the producer is to have them.
    let held = MessageQueue()

    /// Bytes that the producer may have at a time.
    private let allowance: Int
    /// The record that the target is known to refuse: the copy ends before it.
    let refusal: Refusals.Refusal?
    private let atRefusal = Atomic(false)
    /// Offsets that are not mirrored: the target refuses them, and the operator has said to leave them out.
    private let leftOut: Set<Int64>

    init(
        source: TopicPartition, target: TopicPartition, place: ResumePoint, history: PartitionHistory, lastSync: SyncEmitter.Pair?,
        allowance: Int = CopyLimits.batches, leftOut: Set<Int64> = [], refusal: Refusals.Refusal? = nil
    ) {
        self.refusal = refusal
        self.allowance = allowance
        self.leftOut = leftOut
        self.source = source
        self.target = target
        upcoming = Atomic(place.next)
        state = Mutex(State(emitter: place.emitter, history: history, writtenSync: lastSync, next: place.next, anchor: place.emitter.head))
    }

    // MARK: The reader's side

    var isParked: Bool {
        get { parked.load(ordering: .relaxed) }
        set { parked.store(newValue, ordering: .relaxed) }
    }

    /// Nothing more is taken of it at all, until somebody begins with it anew.
    var isHalted: Bool { halted.load(ordering: .acquiring) }
    func halt() { halted.store(true, ordering: .releasing) }

    /// Whether it has come to the record that is refused. Nothing is read behind it.
    var isAtRefusal: Bool { atRefusal.load(ordering: .relaxed) }

    /// Whether the copy ends before that record.
    func ends(before offset: Int64) -> Bool {
        guard let refusal, offset >= refusal.offset else { return false }
        atRefusal.store(true, ordering: .relaxed)
        return true
    }

    var nextToRead: Int64 { upcoming.load(ordering: .acquiring) }
    /// Records read and not acknowledged.
    var pending: Int { unanswered.load(ordering: .acquiring) }

    /// Whether the producer is to have more of it now.
    func mayHandOn(_ size: Int) -> Bool {
        let records = handedOn.load(ordering: .acquiring)
        return records == 0
            || (records < CopyLimits.batchedRecords && handedOnBytes.load(ordering: .acquiring) + size <= allowance)
    }

    /// Whether less of it is under way at a time than usual: it is looked for a record that is refused.
    var isCautious: Bool { allowance < CopyLimits.batches }
    var isAlone: Bool { handedOn.load(ordering: .acquiring) == 1 }
    func leavesOut(_ offset: Int64) -> Bool { !leftOut.isEmpty && leftOut.contains(offset) }

    func didRead(_ offset: Int64) {
        if unanswered.add(1, ordering: .acquiringAndReleasing).oldValue == 0 { state.withLock { $0.lastProgress = .now } }
        upcoming.store(offset + 1, ordering: .releasing)
    }

    /// Of records that were read.
    func count(ages: CopyFlow.Spread) { state.withLock { $0.flow.age += ages } }

    /// A record that was read goes nowhere.
    func didDrop() { unanswered.subtract(1, ordering: .acquiringAndReleasing) }

    /// Before the record is handed on: its acknowledgement may be faster than the return.
    func willHandOn(_ size: Int) {
        handedOn.add(1, ordering: .acquiringAndReleasing)
        handedOnBytes.add(size, ordering: .acquiringAndReleasing)
    }

    /// A record that is not to be mirrored, as it came from the target.
    func passOver(_ offset: Int64) {
        upcoming.store(offset + 1, ordering: .releasing)
        state.withLock { $0.flow.passedOver += 1 }
    }

    func isStuck(longerThan patience: Duration) -> Bool {
        pending > 0 && state.withLock { ContinuousClock.now - $0.lastProgress > patience }
    }

    // MARK: The producer's side

    /// - Parameters:
    ///   - now: Milliseconds since the epoch.
    ///   - emit: Is given the offset syncs that are due. Called before anybody else can decide one: in the log they must be in the order
    ///     in which they were decided.
    func acknowledge(_ deliveries: [Outlet.Delivery], now: Int64, emit: ([SyncEmitter.Emission]) -> Void) {
        defer {
            handedOn.subtract(deliveries.count, ordering: .acquiringAndReleasing)
            handedOnBytes.subtract(deliveries.reduce(0) { $0 + $1.size }, ordering: .acquiringAndReleasing)
            unanswered.subtract(deliveries.count, ordering: .acquiringAndReleasing)
        }
        state.withLock { state in
            var emissions: [SyncEmitter.Emission] = []
            for delivery in deliveries {
                // The brokers may have had it already, and not know any more where: no sync can name it, and the next one tells.
                if delivery.downstreamOffset >= 0 {
                    let pair = SyncEmitter.Pair(upstreamOffset: delivery.upstreamOffset, downstreamOffset: delivery.downstreamOffset)
                    if let emission = state.emitter.acknowledge(pair) { emissions.append(emission) }
                }
                state.flow.count(delivery, now: now)
            }
            if let last = deliveries.last { state.next = max(state.next, last.upstreamOffset + 1) }
            state.lastProgress = .now
            emit(emissions)
        }
    }

    /// A sync for the last acknowledged record, where it has none yet.
    ///
    /// - Parameter emit: As above.
    func flushSync(emit: ([SyncEmitter.Emission]) -> Void) { state.withLock { $0.emitter.flush().map { emit([$0]) } } }

    /// A sync is in the log.
    func didWrite(_ emission: SyncEmitter.Emission) {
        state.withLock {
            $0.writtenSync = emission.pair
            $0.history.append(
                upstreamOffset: emission.pair.upstreamOffset, downstreamOffset: emission.pair.downstreamOffset, marker: emission.marker)
        }
    }

    // MARK: For others to see

    /// What is known of the partition to the last written sync, which is the second.
    var translation: (history: PartitionHistory, lastSync: SyncEmitter.Pair?) { state.withLock { ($0.history, $0.writtenSync) } }

    /// The last record acknowledged, and where it went, as far as that is known.
    var head: SyncEmitter.Pair? { state.withLock { $0.emitter.head } }

    /// Whether all that was read is acknowledged, and the last of it has its sync in the log.
    var isSettled: Bool { pending == 0 && state.withLock { $0.emitter.head == $0.writtenSync } }

    /// The pair to look at again: another record at its place means that the source is another one.
    var anchor: SyncEmitter.Pair? {
        get { state.withLock { $0.anchor } }
        set { state.withLock { $0.anchor = newValue } }
    }

    /// What shows that the source is another one, while that is not in the flow's notes.
    var unnotedReset: String? {
        get { state.withLock { $0.unnotedReset } }
        set { state.withLock { $0.unnotedReset = newValue } }
    }

    /// Given up, and nothing is left to be written of it: what is in the logs decides where to go on.
    var mayBeBegunAnew: Bool { isHalted && isSettled && unnotedReset == nil }

    var flow: CopyFlow { state.withLock { $0.flow } }

    /// The next upstream offset, as far as everything before is in the target's log.
    var position: Int64 {
        // In this order: what was read by then is pending, or acknowledged.
        let read = nextToRead
        return pending == 0 ? read : state.withLock { $0.next }
    }
}
