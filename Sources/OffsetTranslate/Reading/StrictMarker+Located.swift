extension Located<OffsetSync> {
    /// Our own mirror's mark. One that can't be read promises nothing, and is none.
    public var strictMarker: StrictMarker? {
        marker.flatMap { bytes in bytes.withUnsafeBytes { try? StrictMarker.decode($0) } }
    }
}
