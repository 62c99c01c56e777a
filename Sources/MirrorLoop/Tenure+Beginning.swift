internal import Foundation
import OffsetTranslate

extension Tenure {
    /// Begins with a partition at its place; unless the target refuses what is next and nobody said to leave that out, which is returned.
    func begin(
        _ partition: TopicPartition, to target: TopicPartition, at place: ResumePoint, sourceStart: Int64, _ task: CopyTask, _ known: KnownSyncs
    ) async throws -> MirrorEvent.Halt? {
        var leftOut = known.notes.leftOut[partition] ?? []
        let refusal = refusals.certain(in: partition)
        if let refusal, configuration.refusedRecords == .stop, place.next >= refusal.offset {
            return .refused(offset: refusal.offset, refusal.error)
        }
        if let refusal, configuration.refusedRecords == .skip {
            // In the log before the mirror goes past it: where it goes on is found by comparing records, and of this there is no copy.
            let note = FlowNotes.LeftOut(
                topic: partition.topic, partition: partition.partition, offset: refusal.offset, reason: refusal.error.description,
                time: Int64(Date().timeIntervalSince1970 * 1000))
            try await FlowNoteLog(flow: configuration.flow, target: self.target).append(note, by: controlProducer, within: self.target.timeout)
            report(.recordLeftOut(partition, offset: refusal.offset, refusal.error))
            refusals.forget(partition)
            leftOut.insert(refusal.offset)
        }
        var place = place
        if let reason = place.newHistory { report(.newHistory(partition, from: place.next, reason)) }
        if place.next < sourceStart {
            report(.recordsGone(partition, from: place.next, to: sourceStart))
            place.next = sourceStart
        }
        let copy = PartitionCopy(
            source: partition, target: target, place: place, history: known.histories[partition] ?? PartitionHistory(),
            lastSync: known.last[partition], allowance: refusals.allowance(of: partition), leftOut: leftOut,
            refusal: configuration.refusedRecords == .stop ? refusal : nil)
        try await task.begin(copy, unwritten: place.unwritten)
        report(.partitionStarted(partition, target: target, from: place.next, recovered: place.recovered))
        return nil
    }

    /// Where the source was found to be another one, and nothing of it was synced since as what it is: a new history, or none.
    func apply(_ reset: FlowNotes.SourceReset?, to question: inout ResumeSearch.Question) throws {
        guard let reset, question.lastSync?.downstreamOffset ?? -1 < reset.targetEnd else { return }
        guard configuration.sourceReset == .newHistory else { throw MirrorError.sourceWasReset(question.source, reset.reason) }
        question.beginNewHistory(reset.reason)
        question.targetBounds.start = max(question.targetBounds.start, min(reset.targetEnd, question.targetBounds.end))
    }
}
