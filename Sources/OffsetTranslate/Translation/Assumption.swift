/// What may be believed about the target between two offset syncs of a mirror that does not say it itself.
///
/// Between syncs that carry our own mirror's mark nothing needs to be assumed (``StrictMarker``).
public enum Assumption: String, Sendable, CaseIterable, Codable {
    /// Control records, other writers, records copied twice: anything may lie there.
    case nothing
    /// Every target offset in between is a mirrored record, each copied once. A mirror that crashed and lost the sync of
    /// its restart breaks it without a trace.
    case dense
    /// The mirror wrote a sync at the first record after every break in `upstream - downstream`.
    case strict
}
