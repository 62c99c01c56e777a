public import OffsetTranslate

/// Why a capture does not begin, or stopped. Nothing is skipped: it goes on from there once the cause is gone.
public enum CaptureError: Error, Sendable, CustomStringConvertible {
    /// The target's topic has records that no capture wrote.
    case notOurs(topic: String, cluster: String, offset: Int64, opposite: String)
    /// Another capture writes there too.
    case secondCapture(topic: String, cluster: String, offset: Int64)
    case notDelivered(topic: String, sourceOffset: Int64, KafkaError)
    case sourceCut(topic: String, cluster: String, next: Int64, end: Int64, copy: String)
    case sourceDiffers(topic: String, cluster: String, offset: Int64, copy: String)
    case syncsGone(topic: String, cluster: String, next: Int64, start: Int64, copy: String)
    case targetCut(topic: String, cluster: String, expected: Int64, end: Int64)
    case groupsNotRead([String])

    /// A check said no before anything was written.
    public var isRefusal: Bool {
        switch self {
        case .notOurs, .sourceCut, .sourceDiffers, .syncsGone: true
        case .secondCapture, .notDelivered, .targetCut, .groupsNotRead: false
        }
    }

    public var description: String {
        switch self {
        case .notOurs(let topic, let cluster, let offset, let opposite):
            """
            nothing is captured into '\(topic)' on '\(cluster)': the record at offset \(offset) there was not relayed by a capture.
              Either a mirror of this flow keeps its offset syncs there (offset-syncs.topic.location=target): then capture is \
            needless. Or they are those of the flow \(opposite), whose topic has the same name while it keeps them on its \
            source: give that flow another location first, and see that the topic is empty.
            """
        case .secondCapture(let topic, let cluster, let offset):
            """
            the capture stopped: the record at offset \(offset) of '\(topic)' on '\(cluster)' was relayed by another capture.
              Let one run only. If there is no other, it was the last of one that was killed: start this one again. Readers \
            pass over what is there twice.
            """
        case .notDelivered(let topic, let offset, let error):
            "the capture stopped: the offset sync at offset \(offset) of the source's '\(topic)' was not delivered, and none after it: \(error)"
        case .sourceCut(let topic, let cluster, let next, let end, let copy):
            "the capture stopped: '\(topic)' on '\(cluster)' ends at offset \(end), but was captured up to offset \(next). "
                + Self.recreated(copy)
        case .sourceDiffers(let topic, let cluster, let offset, let copy):
            "the capture stopped: the record at offset \(offset) of '\(topic)' on '\(cluster)' is not the one that was captured from there. "
                + Self.recreated(copy)
        case .syncsGone(let topic, let cluster, let next, let start, let copy):
            """
            the capture stopped: '\(topic)' on '\(cluster)' begins at offset \(start), but was captured up to offset \(next) only.
              Records in between were deleted before they were captured. To begin anew with what is left, delete '\(copy)' on \
            the target and start the capture again.
            """
        case .targetCut(let topic, let cluster, let expected, let end):
            """
            the capture stopped: '\(topic)' on '\(cluster)' ends at offset \(end), and ended at \(expected) before.
              It was truncated or re-created. Start the capture again: it goes on from what the topic holds.
            """
        case .groupsNotRead(let groups):
            "groups whose positions were not captured: \(groups.joined(separator: ", ")); the warnings above say why"
        }
    }

    private static func recreated(_ copy: String) -> String {
        "It was re-created or truncated.\n  Its offset syncs are of another history than those in '\(copy)' on the target. If the mirror began "
            + "anew with it, delete that topic and start the capture again; until then, what was captured stays."
    }
}
