import Cutover
import OffsetTranslate

extension SyncReason {
    /// Whether what MM2 writes of groups has to do with it.
    var isAboutCheckpoints: Bool {
        switch self {
        case .checkpointAhead, .syncsForgotten, .checkpointWouldRewind, .noCheckpoint, .checkpointsStopped, .syncedWithin: true
        default: false
        }
    }

    /// The reason in a sentence.
    func summary(_ context: ExplanationContext) -> String {
        let source = "'\(context.flow.sourceAlias)'", target = "'\(context.flow.targetAlias)'"
        return switch self {
        case .topicInternal: "an internal topic, which no mirror copies"
        case .topicFromTarget: "a copy of one of \(target)'s own topics, which is not copied back"
        case .topicExcluded: "the topic is not mirrored: it does not pass the topics filter"
        case .neverCommitted: "the group has never committed on this partition of \(source)"
        case .commitGone: "the group has a checkpoint, but no commit on \(source) any more: it expired, or was deleted"
        case .groupExcluded: "the group's positions are not mirrored: it does not pass the groups filter"
        case .copyMissing: "\(target) has no such partition"
        case .severalSources: "copies of several source partitions have the same name on \(target)"
        case .sourceRecreated(let end): "the topic was re-created or truncated on \(source): what is known of it lies beyond its log end, \(end)"
        case .targetRecreated: "the copy was re-created or truncated on \(target): what was known of it is void"
        case .expiredOnSource(let lost): "retention on \(source) has deleted \(counted(lost, "offset")) that the group still wanted"
        case .expiredOnTarget(let lost): "retention on \(target) has deleted up to \(counted(lost, "offset")) that the group still wanted"
        case .noSyncs: "no offset sync of this partition is known"
        case .beforeFirstSync(let first): "the group is behind the first offset sync, which is at \(first)"
        case .aheadOfMirror(let by): "the mirror is \(counted(by, "offset")) behind the group"
        case .targetGroupActive: "the group has members on \(target), so nothing can be committed for it there"
        case .targetAhead(let by): "the group's commit on \(target) is at least \(counted(by, "offset")) ahead of where it stands on \(source)"
        case .checkpointAhead(let by): "what is left on \(target) is ahead of the group: if \(source) died now, up to \(counted(by, "record")) that it wants would be skipped"
        case .syncsForgotten: "MM2's own store no longer reaches back to the group's position, so it writes no checkpoint"
        case .checkpointWouldRewind(let at): "no checkpoint is written because it would be behind the last one, at \(at)"
        case .noCheckpoint: "no checkpoint of it has been written yet"
        case .checkpointsStopped(let age): "no checkpoint of this flow has been written for \(span(.milliseconds(age)))"
        case .sourceLost(let most):
            "\(source) can't be asked: as of what was last known, "
                + (most.map { $0 == 0 ? "exact" : "within \(counted($0, "record"))" } ?? "without a bound")
        case .syncedWithin(let records): "in step: if \(source) died now, at most \(counted(records, "record")) would be read again"
        case .syncedExactly: "in step, exactly"
        }
    }
}

extension ExplanationContext {
    func remedy(for position: PositionSituation) -> String? {
        let source = "'\(flow.sourceAlias)'", target = "'\(flow.targetAlias)'"
        switch position.reason {
        case .syncedExactly, .topicInternal, .topicFromTarget, .neverCommitted: return nil
        case .syncedWithin(let records):
            return records > max(1000, configuration.offsetLagMax) && position.origin == .sourceCommit
                ? "Our own mirror, or 'failover capture' beside MM2, keeps more exact positions on \(target)." : nil
        case .topicExcluded: return "If the topic has to survive, add it to topics, or take it out of topics.exclude."
        case .groupExcluded: return "If the group has to be moved, add it to groups, or take it out of groups.exclude; 'failover plan \(position.group)' plans it all the same."
        case .commitGone: return "Start the group on \(source) if it is still in use; else delete its checkpoints' topic entry by letting it expire: it is not planned while \(source) lives."
        case .copyMissing:
            return "See that the mirror runs and may create topics and partitions on \(target)"
                + (configuration.refreshTopics.enabled ? "." : "; refresh.topics.enabled is false.")
        case .severalSources: return "Change the replication policy so that every topic has a copy of its own."
        case .sourceRecreated: return "See the mirror's status: it stops such a partition or begins a new history, by failover.source.reset. Reset the group on \(source)."
        case .targetRecreated: return "Nothing, once the mirror has copied everything again; until then the group would read the copy from its start."
        case .expiredOnSource: return "The group has lost these records on \(source) already: speed it up, or lengthen retention.ms there."
        case .expiredOnTarget: return "Lengthen retention.ms of '\(position.target.topic)' on \(target); what is gone can't be read after a failover."
        case .noSyncs: return "See that the mirror runs, copies this topic, and that emit.offset-syncs.enabled is true there."
        case .beforeFirstSync: return "Comparing records finds the position while \(source) lives ('failover plan' does). Our own mirror can make what MM2 had copied exact."
        case .aheadOfMirror: return "See why the mirror lags; what is not copied when \(source) dies is lost."
        case .targetGroupActive: return "Stop the group's consumers on \(target), or leave it out of the failover: it runs there already."
        case .targetAhead: return "If the group has read on \(target) on purpose, leave it be. If it was reset on \(source), it would skip on \(target) what it is to read again: moving it back needs --allow-rewind."
        case .checkpointAhead:
            return "If the group was reset on \(source), the mirror's next checkpoint follows it. Should \(source) die before: reset the group on \(target) to \(position.translation?.position.map(String.init) ?? "its position")."
        case .syncsForgotten: return "Let the group catch up. With our own mirror or 'failover capture', nothing is forgotten; while \(source) lives, 'failover plan' is exact all the same."
        case .checkpointWouldRewind: return "Nothing, if the group moves on. Our own mirror's offset syncs are close enough for every position."
        case .noCheckpoint: return configuration.emitCheckpoints.enabled ? nil : "emit.checkpoints.enabled is false: set it, or run 'failover capture'."
        case .checkpointsStopped: return "See that MM2's checkpoint connector, or the mirror, runs."
        case .sourceLost: return "'failover plan --source-lost' plans from it."
        }
    }

    func passing(of position: PositionSituation) -> Explanation.Passing {
        switch position.reason {
        case .syncedExactly, .topicInternal, .topicFromTarget, .topicExcluded, .groupExcluded, .sourceLost: .notNeeded
        case .syncedWithin:
            // What has been written of this very position already is as near as the mirror's translation comes.
            position.checkpoint?.upstreamOffset == position.upstream?.offset
                ? .once("the group has come nearer to the end of the log") : .within(configuration.emitCheckpoints.interval)
        case .neverCommitted: .once("the group commits")
        case .copyMissing: configuration.refreshTopics.enabled ? .within(configuration.refreshTopics.interval) : .never
        case .targetRecreated: .once("the mirror has copied everything again")
        case .noSyncs: .once("the mirror has copied a record of it")
        case .beforeFirstSync(let first): .once("the group has passed source offset \(first)")
        case .aheadOfMirror(let by): .once("the mirror has copied \(counted(by, "offset")) more")
        case .targetGroupActive: .once("its consumers there have stopped")
        case .targetAhead(let by): .once("the group has read \(counted(by, "offset")) more on '\(flow.sourceAlias)'")
        case .checkpointAhead:
            // A checkpoint follows a group that went back (`MirrorCheckpointTask.checkpointIsMoreRecent`), not a copy that did.
            position.isBehindCheckpoint && configuration.emitCheckpoints.enabled
                ? .within(configuration.emitCheckpoints.interval) : .once("the group has passed what was checkpointed")
        case .syncsForgotten, .checkpointWouldRewind: .once("the group has come nearer to the end of the log")
        case .noCheckpoint:
            configuration.emitCheckpoints.enabled
                ? .within(configuration.emitCheckpoints.interval + (configuration.refreshGroups.enabled ? configuration.refreshGroups.interval : .zero)) : .never
        case .commitGone, .severalSources, .sourceRecreated, .expiredOnSource, .expiredOnTarget, .checkpointsStopped: .never
        }
    }
}

extension PositionSituation {
    /// The group went back on the source since.
    fileprivate var isBehindCheckpoint: Bool {
        guard let upstream, let checkpoint else { return false }
        return upstream.offset < checkpoint.upstreamOffset
    }
}
