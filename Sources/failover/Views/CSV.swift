extension String {
    /// RFC 4180.
    var quotedForCSV: String {
        guard contains(where: { ",\"".contains($0) || $0.isNewline }) else { return self }
        return "\"" + replacing("\"", with: "\"\"") + "\""
    }
}

extension [String] {
    /// One line.
    var joinedForCSV: String { map(\.quotedForCSV).joined(separator: ",") }
}
