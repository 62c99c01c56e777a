internal import Foundation

/// Who may approve something: names are recorded, not authenticated, so that each has at least to be one.
struct ApproverNames {
    /// None: anybody.
    var allowed: [String]
    /// Who runs it, where that has to be somebody else.
    var operators: [String] = []
    /// Who has approved before, where that has.
    var earlier: [String] = []

    static func isNo(_ name: String) -> Bool { name.trimmed.lowercased() == "no" }

    /// What is wanted instead; `nil` where a name, or a no, does.
    func wanted(_ text: String) -> String? {
        let name = text.trimmed
        if Self.isNo(name) { return nil }
        guard name.contains(where: \.isLetter) else { return "a name, or no" }
        if name.unicodeScalars.contains(where: { Self.unseen.contains($0.properties.generalCategory) && !Self.joiners.contains($0) }) { return "a name that shows as it is" }
        // A yes is nobody's name, and who means no has not agreed.
        if Self.words.contains(name.lowercased()) { return "the name of who approves, or no, not '\(name)'" }
        if !allowed.isEmpty, !allowed.contains(name) { return "one of " + allowed.joined(separator: ", ") }
        if operators.contains(where: { Self.key($0) == Self.key(name) }) { return "somebody else than \(name), who runs this" }
        if earlier.contains(where: { Self.key($0) == Self.key(name) }) { return "somebody else than \(name), who has approved before" }
        return nil
    }

    private static let words: Set = [
        "yes", "y", "true", "ok", "okay", "approve", "approved", "n", "nope", "false", "cancel", "abort", "stop", "quit", "exit", "decline",
        "declined", "deny", "reject", "rejected",
    ]
    private static let unseen: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned]

    /// Some scripts need them.
    private static let joiners: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}"]

    /// The same for spellings of one name: in another case, in wide letters, without accents, or with other blanks.
    private static func key(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.filter { !joiners.contains($0) })).precomposedStringWithCompatibilityMapping.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
