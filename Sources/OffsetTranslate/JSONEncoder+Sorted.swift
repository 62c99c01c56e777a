package import Foundation

extension JSONEncoder {
    /// For whatever is kept, hashed or read by others: the same value is the same text.
    package static func sorted(_ formatting: OutputFormatting = []) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        return encoder
    }
}
