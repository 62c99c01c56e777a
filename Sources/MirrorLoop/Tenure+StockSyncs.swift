import OffsetTranslate

/// Where stock MM2 mirrored the flow before, with its offset syncs on the source, and this mirror keeps its own on the target.
extension Tenure {
    /// Looks at places again that were found without any sync.
    ///
    /// Both logs compared from their starts show all that was copied, and make an exact history of it, as long as the copy still has its
    /// beginning. Where retention or compaction took that from the copy and not from its original, nothing would be recognised and all
    /// copied once more: then it is gone on with behind the last sync that MM2 wrote, if the two records that it names are equal.
    func anchored(
        _ answers: ResumeSearch.Answers, _ questions: [ResumeSearch.Question], _ search: ResumeSearch
    ) async throws -> ResumeSearch.Answers {
        let doubtful = questions.filter { question in
            guard question.lastSync == nil, configuration.starts[question.source] == nil, case .success(let place)? = answers[question.source]
            else { return false }
            return place.next < question.sourceBounds.end && question.targetBounds.start < question.targetBounds.end
        }
        guard !doubtful.isEmpty, configuration.flow.offsetSyncsLocation == .target else { return answers }
        let syncs = try await stockSyncs()
        var again: [ResumeSearch.Question] = []
        for var question in doubtful {
            guard let sync = syncs[question.source], case .success(let place)? = answers[question.source], place.next <= sync.upstreamOffset,
                let original = try await fingerprint(of: question.source, at: sync.upstreamOffset, question.sourceBounds, in: source),
                let copy = try await fingerprint(of: question.target, at: sync.downstreamOffset, question.targetBounds, in: target),
                copy.matches(original)
            else { continue }
            report(.warning("""
                \(question.target) does not hold all of \(question.source) any more: gone on with behind MM2's last offset sync, \
                \(sync.upstreamOffset) -> \(sync.downstreamOffset). Positions before it translate by MM2's syncs alone.
                """))
            question.sourceBounds.start = sync.upstreamOffset
            question.targetBounds.start = sync.downstreamOffset
            again.append(question)
        }
        return again.isEmpty ? answers : answers.merging(try await search.find(again)) { $1 }
    }

    /// The last sync of each partition in the flow's topic on the source, if it is the flow's.
    private func stockSyncs() async throws -> [TopicPartition: SyncEmitter.Pair] {
        var flow = configuration.flow
        flow.offsetSyncsLocation = .source
        do {
            switch try await SyncsOrigin(of: flow.offsetSyncsTopic, on: source, for: flow) {
            case .unmarked, .strictMirror: break
            default: return [:]
            }
            let (last, _) = try await InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: source)
                .read(into: [TopicPartition: SyncEmitter.Pair]()) { last, sync in
                    last[sync.entry.topicPartition] = .init(
                        upstreamOffset: sync.entry.upstreamOffset, downstreamOffset: sync.entry.downstreamOffset)
                }
            return try await OppositeSyncs(flow: flow, source: source, target: target).first(in: last) == nil ? last : [:]
        } catch let error as KafkaError where !error.isRetriable {
            report(.warning("MM2's offset syncs are not looked at: \(error)"))
            return [:]
        }
    }
}
