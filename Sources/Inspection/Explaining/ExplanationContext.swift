internal import Cutover
public import OffsetTranslate

/// What the reasons of all groups have in common.
public struct ExplanationContext: Sendable {
    public var flow: ReplicationFlow
    public var configuration: FlowConfiguration
    public var isSourceLost: Bool
    /// When the flow's newest checkpoint was written, in milliseconds since the epoch.
    public var newestCheckpoint: Int64?
    /// The same clock.
    public var now: Int64

    /// How old the newest checkpoint is, where that is too old for a mirror that writes them: three of its intervals, and a minute.
    var checkpointsStoppedFor: Int64? {
        guard let newestCheckpoint else { return nil }
        let age = now.subtractingClamped(newestCheckpoint)
        let usual = configuration.emitCheckpoints.interval * 3 + .seconds(60)
        return .milliseconds(age) > usual ? age : nil
    }
}
