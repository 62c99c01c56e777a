package import KafkaClient
import OffsetTranslate

/// "1 group", "1,200 groups".
package func counted(_ count: some BinaryInteger, _ noun: String) -> String { "\(count.grouped) \(noun)\(count == 1 ? "" : "s")" }

/// What a source that does not answer means.
package func sourceAway(_ error: KafkaError) -> String {
    "the source does not answer, so positions come from what is on the target: checkpoints, and what was captured (--source-lost says so at once): \(error)"
}

/// A commit in a sentence.
func text(_ commit: CommittedOffset?) -> String {
    guard let commit else { return "none" }
    return commit.offset.grouped + (commit.metadata.isEmpty ? "" : " with metadata")
}

extension [String] {
    /// The first lines, and how many more there are.
    package func shortened(to limit: Int) -> [String] {
        prefix(limit) + (count > limit ? ["... and \(count - limit) more"] : [])
    }
}

extension DecodingError {
    /// What is wrong with a file, and where in it.
    var place: String {
        switch self {
        case .keyNotFound(let key, let context): "'\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
        @unknown default: "\(self)"
        }
    }
}
