public import KafkaClient
internal import OffsetTranslate

/// Where a record has come through, as a header that the mirror adds with each copy: so that two mirrors in opposite directions under
/// the identity policy don't send a record back where it came from.
public enum Provenance {
    public static func header(from alias: String) -> Header { ProvenanceMarker.header(from: alias) }

    /// Whether the record has come through that cluster, on whatever way.
    public static func isFrom(_ alias: String, _ message: borrowing MessageView) -> Bool {
        message.hasHeader(ProvenanceMarker.headerName) { $0.elementsEqual(alias.utf8) }
    }
}
