/// What a translation may believe about the stretches between syncs, beyond what the syncs themselves prove.
///
/// Whatever is assumed, an interval that a ``StrictMarker`` vouches for is exact, and one whose numbers contradict the
/// assumption falls back to ``nothing``.
public enum Assumption: String, Sendable, CaseIterable, Codable {
    /// Only what is proven. The target may hold control records, other writers' records, and records copied twice.
    case nothing
    /// Every offset of the target is a mirrored record, and each record was copied once.
    ///
    /// A mirror that crashed, copied records twice and lost the sync of its restart breaks this without a trace.
    case dense
    /// Every interval comes from a strict mirror, marker or not: one that resumes without doubling, and emits a sync at
    /// the first record after every break in `upstream - downstream`.
    case strict
}
