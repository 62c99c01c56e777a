internal import Foundation
import OffsetTranslate
internal import Synchronization

/// The data path of one task: records in from the source's reader, out through the producer, offset syncs behind the
/// acknowledgements.
///
/// Records are handed on by one thread at a time, so in order: the reader's while it takes some, and between that the one that serves
/// the producer's reports.
///
/// Nothing is dropped: at its limits it stops reading, and what can't be delivered is said with its coordinates. Payloads are not copied.
final class CopyTask: Sendable {
    let number: Int
    let configuration: MirrorConfiguration
    let reader: LogReader
    /// Of data; in transactions of the syncs too.
    let producer: Producer
    let syncs: SyncWriter
    let tell: @Sendable (MirrorEvent) -> Void
    private let limits: CopyLimits

    private struct State: Sendable {
        var copies: [TopicPartition: PartitionCopy] = [:]
        var failure: (any Error)?
    }
    private let state = Mutex(State())
    private let routes = Mutex(CopyRoutes())
    private let routesVersion = Atomic(0)
    private let last = LastRoute()
    private let stopping = Atomic(false)
    private let abandoned = Atomic(false)
    /// Records that came and were to be mirrored.
    let passed = Atomic(0)
    /// Read, and not the producer's yet.
    private let held = Atomic(0)
    private let heldBytes = Atomic(0)
    private let isCautious = Atomic(false)
    /// Records handed on, in all; and those of them that were when the producer was last told not to wait for more.
    private let handedOn = Atomic(0)
    private let pushed = Atomic(0)
    /// Something was not delivered: nothing more is noted, as a sync for a record behind the missing one would hide it.
    private let broken = Atomic(false)

    /// - Throws: ``KafkaError`` where librdkafka refuses a property. Nothing is connected yet.
    init(
        _ number: Int, source: LibrdkafkaCluster, target: LibrdkafkaCluster, configuration: MirrorConfiguration, syncProducer: Producer,
        limits: CopyLimits, tell: @escaping @Sendable (MirrorEvent) -> Void
    ) throws(KafkaError) {
        self.number = number
        self.configuration = configuration
        self.limits = limits
        self.tell = tell
        reader = try LogReader(cluster: source.name, properties: .bounded(source, limits))
        let isTransactional = configuration.isExactlyOnce
        producer = try Producer(
            cluster: target.name,
            properties: isTransactional
                ? .transactional(target, id: configuration.flow.transactionalID(ofTask: number)) : .withoutGaps(target),
            // On the reader's thread: what is allocated there is freed there, and nobody waits for a lock.
            reporting: .onDemand)
        syncs = SyncWriter(
            producer: isTransactional ? producer : syncProducer, flow: configuration.flow, isTransactional: isTransactional)
    }

    // MARK: Partitions

    var copies: [TopicPartition: PartitionCopy] { state.withLock { $0.copies } }

    /// Begins to copy a partition, from its place on.
    func begin(_ copy: PartitionCopy, unwritten: [SyncEmitter.Emission]) async throws {
        let (source, target) = (copy.source, copy.target)
        syncs.add(unwritten, of: copy)
        let outlet = try producer.outlet(to: target, extraHeader: configuration.provenanceHeader) { [weak self, copy] in self?.note($0, of: copy) }
        if copy.isCautious { isCautious.store(true, ordering: .relaxed) }
        state.withLock { $0.copies[source] = copy }
        routes.withLock { $0.add(copy, outlet) }
        routesVersion.add(1, ordering: .acquiringAndReleasing)
        try await reader.start(source, at: copy.nextToRead)
    }

    /// Ends with a partition; the others go on.
    func halt(_ source: TopicPartition) async {
        guard let copy = copies[source], !copy.isHalted else { return }
        copy.halt()
        await reader.stop(source)
        // What was read of it may be of another log than what went over.
        while takeHeld(of: copy) != nil { copy.didDrop() }
    }

    /// Forgets a partition that was halted and is settled, so that it may be begun anew.
    func forget(_ source: TopicPartition) {
        state.withLock { if $0.copies[source]?.isHalted == true { $0.copies[source] = nil } }
        routes.withLock { $0.remove(source) }
        routesVersion.add(1, ordering: .acquiringAndReleasing)
    }

    // MARK: Records

    /// Hands a record on; waits on the reader's thread while too much is on its way. That is back-pressure.
    func pass(_ message: consuming ConsumedMessage) throws {
        let place = message.place
        let version = routesVersion.load(ordering: .acquiring)
        if last.place != place || last.version != version {
            last.settleAges()
            last.route = routes.withLock { $0.route(place) { message.partition } }
            (last.place, last.version) = (place, version)
        }
        guard let (copy, outlet) = last.route, !copy.isParked, !copy.isHalted else { return }
        let offset = message.offset
        if copy.ends(before: offset) { return }
        if let alias = configuration.passesOverOrigin, message.view({ Provenance.isFrom(alias, $0) }) { return copy.passOver(offset) }
        if copy.leavesOut(offset) { return copy.passOver(offset) }
        // Looked at every 64 records: the bounds are thousands.
        if passed.add(1, ordering: .relaxed).newValue & 63 == 0, try !waitForRoom(copy) { return }
        copy.didRead(offset)
        last.count(message.timestamp)
        let size = message.size
        if copy.held.isEmpty, copy.mayHandOn(size) {
            try handOn(message, offset, size, copy, outlet)
        } else {
            // More would only make the producer's thread spin: it has one batch of a partition under way at a time.
            held.add(1, ordering: .acquiringAndReleasing)
            heldBytes.add(size, ordering: .acquiringAndReleasing)
            copy.held.append(message)
        }
    }

    private func handOn(_ message: consuming ConsumedMessage, _ offset: Int64, _ size: Int, _ copy: PartitionCopy, _ outlet: Outlet) throws(MirrorError) {
        copy.willHandOn(size)
        handedOn.add(1, ordering: .relaxed)
        // Which record the client itself does not take is known.
        do throws(KafkaError) { try producer.forward(message, to: outlet) } catch { throw refusal(of: copy, offset, error, isCertain: true) }
    }

    private func takeHeld(of copy: PartitionCopy, where suits: (_ size: Int) -> Bool = { _ in true }) -> ConsumedMessage? {
        guard let message = copy.held.popFirst(where: suits) else { return nil }
        held.subtract(1, ordering: .acquiringAndReleasing)
        heldBytes.subtract(message.size, ordering: .acquiringAndReleasing)
        return message
    }

    /// Hands on what was held back, as far as there is room now.
    private func handOnHeld(_ copy: PartitionCopy, _ outlet: Outlet) throws(MirrorError) {
        while !copy.isHalted, let message = takeHeld(of: copy, where: copy.mayHandOn) {
            let (offset, size) = (message.offset, message.size)
            try handOn(message, offset, size, copy, outlet)
        }
    }

    /// False where the partition is not to be read on for now.
    private func waitForRoom(_ copy: PartitionCopy) throws -> Bool {
        while true {
            try check()
            if stopping.load(ordering: .acquiring) { throw CancellationError() }
            if hasRoom { return true }
            syncs.drain()
            if copy.isStuck(longerThan: limits.patience) {
                copy.isParked = true
                return false
            }
            producer.serveReports(within: .milliseconds(5))
        }
    }

    /// What parked partitions have does not count: they would take the others' room. Twice the limit is the end all the same.
    private var hasRoom: Bool {
        let records = producer.inFlight + held.load(ordering: .acquiring)
        let bytes = producer.inFlightBytes + heldBytes.load(ordering: .acquiring)
        guard records < 2 * limits.records, bytes < 2 * limits.bytes, syncs.backlog < 20_000 else { return false }
        if records < limits.records, bytes < limits.bytes { return true }
        let parked = copies.values.reduce(0) { $0 + ($1.isParked ? $1.pending : 0) }
        return parked > 0 && records - parked < limits.records
    }

    private func note(_ report: Outlet.Report, of copy: PartitionCopy) {
        guard !abandoned.load(ordering: .acquiring) else { return }
        switch report {
        case .delivered(let deliveries):
            guard !broken.load(ordering: .acquiring) else { return }
            copy.acknowledge(deliveries, now: Int64(Date().timeIntervalSince1970 * 1000)) { syncs.add($0, of: copy) }
            guard !copy.held.isEmpty, let outlet = routes.withLock({ $0.outlet(of: copy.source) }) else { return }
            do throws(MirrorError) { try handOnHeld(copy, outlet) } catch { breakOff(error) }
        case .failed(let offset, let error):
            breakOff(refusal(of: copy, offset, error))
        }
    }

    private func breakOff(_ error: MirrorError) {
        state.withLock { state in
            // The record that is refused says more than those that could not go over behind it.
            if case .refused = error, case .notDelivered? = state.failure as? MirrorError { state.failure = nil }
            state.failure = state.failure ?? error
        }
        broken.store(true, ordering: .releasing)
    }

    private func refusal(of copy: PartitionCopy, _ offset: Int64, _ error: KafkaError, isCertain: Bool = false) -> MirrorError {
        error.code.isRefusalOfRecord
            ? .refused(copy.source, offset, error, wasAlone: isCertain || copy.isAlone) : .notDelivered(copy.source, offset, error)
    }

    // MARK: Running

    /// Copies until cancelled.
    func run() async throws {
        do {
            try await withTaskCancellationHandler {
                if configuration.isExactlyOnce { try await copyInTransactions() } else { try await copy() }
            } onCancel: {
                stopping.store(true, ordering: .releasing)
            }
        } catch {
            // Whatever it was that failed: this is why.
            if let fatal = producer.fatalError, fatal.code.isFencing { throw MirrorError.fenced(task: number, fatal) }
            if let error = error as? KafkaError, error.code.isFencing { throw MirrorError.fenced(task: number, error) }
            throw error
        }
    }

    private func copy() async throws {
        while true {
            try check()
            try Task.checkCancellation()
            try await takeSome(for: .milliseconds(100))
        }
    }

    /// Hands on what comes in that time, or until so many records have come, and sees after partitions that don't get on. Returns how
    /// many came.
    @discardableResult
    func takeSome(for time: Duration, atMost limit: Int = .max) async throws -> Int {
        let end = ContinuousClock.now + time
        defer { last.settleAges() }
        let polled = try await reader.take(timeout: pause) { [self] in
            try pass($0)
        } again: { [self] polled in
            last.settleAges()
            if polled.last == 0 || isCautious.load(ordering: .relaxed) { pushOnceAnswered() }
            producer.serveReports(within: .zero)
            if !configuration.isExactlyOnce { syncs.drain() }
            return polled.records < limit && ContinuousClock.now < end && !stopping.load(ordering: .acquiring) ? pause : nil
        }
        for error in polled.errors { try await complain(error) }
        for (source, copy) in copies where !copy.isHalted {
            if copy.isAtRefusal, let refusal = copy.refusal {
                // What was read before it still goes over.
                if copy.pending == 0 {
                    await halt(source)
                    tell(.partitionHalted(source, .refused(offset: refusal.offset, refusal.error)))
                }
                continue
            }
            if copy.isParked {
                // What was fetched of it meanwhile is gone with this.
                await reader.stop(source)
                guard copy.pending == 0 else { continue }
                copy.isParked = false
                try await reader.start(source, at: copy.nextToRead)
            } else if copy.isStuck(longerThan: limits.patience) {
                copy.isParked = true
                await reader.stop(source)
            }
        }
        return polled.records
    }

    /// How long to wait for records: reports of those on their way come over another queue.
    private var pause: Duration { producer.inFlight > 0 ? .milliseconds(1) : .milliseconds(50) }

    private func complain(_ error: KafkaError) async throws {
        if error.isRetriable { return tell(.warning(error.description)) }
        guard !error.isFatal, let topic = error.topic, let partition = error.partition else { throw error }
        let source = TopicPartition(topic: topic, partition: partition)
        await halt(source)
        tell(.partitionHalted(source, .unreadable(error)))
    }

    // MARK: Ending

    /// Throws what has gone wrong in the background.
    func check() throws {
        if abandoned.load(ordering: .acquiring) { throw CancellationError() }
        if broken.load(ordering: .acquiring), let failure = state.withLock({ $0.failure }) { throw failure }
        try syncs.check()
    }

    /// Decides a sync for each partition's last acknowledged record, and waits until every sync so far is written.
    func settleSyncs(within timeout: Duration) async throws {
        guard !configuration.isExactlyOnce else { return }
        flushSyncs()
        try await syncs.settle(within: timeout)
    }

    /// Decides a sync for each partition's last acknowledged record.
    func flushSyncs() {
        for copy in copies.values { copy.flushSync { syncs.add($0, of: copy) } }
    }

    /// After ``run()``: what is on its way is acknowledged and synced.
    func drain(within timeout: Duration) async throws {
        guard !configuration.isExactlyOnce else { return }
        guard try await awaitAnswers(until: .now + timeout) else { throw MirrorError.notDrained(timeout) }
        try await settleSyncs(within: timeout)
    }

    /// Whether all that was read is answered, by then.
    func awaitAnswers(until deadline: ContinuousClock.Instant) async throws -> Bool {
        push()
        while copies.values.contains(where: { $0.pending > 0 }) {
            try check()
            if ContinuousClock.now > deadline { return false }
            await producer.serve(within: .milliseconds(20))
            pushOnceAnswered()
        }
        return true
    }

    /// What is handed on goes at once, unless what went so before is still on its way: then it gathers until that is answered, as a
    /// batch each for a few records would cost more than it wins.
    private func pushOnceAnswered() {
        let handedOn = handedOn.load(ordering: .relaxed), pushed = pushed.load(ordering: .relaxed)
        if handedOn > pushed, handedOn - producer.inFlight >= pushed { push() }
    }

    private func push() {
        pushed.store(handedOn.load(ordering: .relaxed), ordering: .relaxed)
        producer.push()
    }

    /// From now on nothing is noted or written any more, as if the process had been killed.
    func abandon() {
        abandoned.store(true, ordering: .releasing)
        stopping.store(true, ordering: .releasing)
        syncs.abandon()
        producer.abandon()
    }

    /// Waits until no record lies with the producer any more: those of the reader must be gone before it is.
    func settleMemory() async {
        copies.values.forEach { $0.held.removeAll() }
        _ = await producer.flush(within: .seconds(10))
    }
}

/// Which copy a fetched record belongs to.
struct CopyRoutes: Sendable {
    typealias Route = (copy: PartitionCopy, outlet: Outlet)
    private var byName: [TopicPartition: Route] = [:]
    private var byPlace: [ConsumedMessage.Place: Route] = [:]

    mutating func add(_ copy: PartitionCopy, _ outlet: Outlet) {
        byName[copy.source] = (copy, outlet)
        byPlace = [:]
    }

    func outlet(of source: TopicPartition) -> Outlet? { byName[source]?.outlet }

    mutating func remove(_ source: TopicPartition) {
        byName[source] = nil
        byPlace = [:]
    }

    mutating func route(_ place: ConsumedMessage.Place, _ name: () -> TopicPartition) -> Route? {
        guard let route = byPlace[place] ?? byName[name()] else { return nil }
        byPlace[place] = route
        return route
    }
}

/// The route of the last record: most often the next one's too. And how old those were that came over it, until their partition is
/// told: no lock for each.
///
/// `@unchecked Sendable`: used on the reader's thread alone, while it takes records, and right after.
private final class LastRoute: @unchecked Sendable {
    var version = -1
    var place: ConsumedMessage.Place?
    var route: CopyRoutes.Route?
    private var ages = CopyFlow.Spread()
    /// When the batch came, in milliseconds since the epoch.
    private var now: Int64?

    /// - Parameter timestamp: -1 where the record has none.
    func count(_ timestamp: Int64) {
        guard timestamp >= 0 else { return }
        let now = now ?? Int64(Date().timeIntervalSince1970 * 1000)
        self.now = now
        ages.count(now - timestamp)
    }

    /// At a batch's end, and where another partition's records begin.
    func settleAges() {
        now = nil
        guard ages.count > 0 else { return }
        route?.copy.count(ages: ages)
        ages = CopyFlow.Spread()
    }
}
