/// As a plan file keeps it: `kind` by name, and the reason beside it where it is unknown.
extension Translation: Codable {
    private enum Key: String, CodingKey { case position, kind, reason, low, high, evidence, warnings }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encodeIfPresent(position, forKey: .position)
        try fields.encode(kind.name, forKey: .kind)
        try fields.encodeIfPresent(reason, forKey: .reason)
        try fields.encodeIfPresent(low, forKey: .low)
        try fields.encodeIfPresent(high, forKey: .high)
        try fields.encode(evidence, forKey: .evidence)
        try fields.encode(warnings, forKey: .warnings)
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let name = try fields.decode(String.self, forKey: .kind)
        let reason = try fields.decodeIfPresent(Reason.self, forKey: .reason)
        guard let kind = Kind(name: name, reason: reason) else {
            throw DecodingError.dataCorruptedError(forKey: .kind, in: fields, debugDescription: "no kind of translation: '\(name)'")
        }
        self.init(
            position: try fields.decodeIfPresent(Int64.self, forKey: .position), kind: kind,
            low: try fields.decodeIfPresent(Int64.self, forKey: .low), high: try fields.decodeIfPresent(Int64.self, forKey: .high),
            evidence: try fields.decode(Evidence.self, forKey: .evidence),
            warnings: try fields.decode([Warning].self, forKey: .warnings))
    }
}

extension Translation.Kind {
    /// Stable: `exact`, `exact by proof`, `bounded`, `estimate`, `unknown`.
    public var name: String {
        switch self {
        case .exact: "exact"
        case .exactByProof: "exact by proof"
        case .bounded: "bounded"
        case .estimate: "estimate"
        case .unknown: "unknown"
        }
    }

    fileprivate init?(name: String, reason: Translation.Reason?) {
        let plain: [Self] = [.exact, .exactByProof, .bounded, .estimate]
        guard let kind = reason.map({ .unknown($0) }) ?? plain.first(where: { $0.name == name }), kind.name == name else { return nil }
        self = kind
    }
}
