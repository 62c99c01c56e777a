public import KafkaClient

extension CapturedMarker {
    /// The mark that a record carries; `nil` where there is none, or none that can be read.
    public init?(of message: borrowing MessageView) {
        let read = message.withHeader(Self.headerName) { bytes in bytes.flatMap { try? Self.decode($0) } }
        guard let read else { return nil }
        self = read
    }
}
