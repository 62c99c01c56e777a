internal import Foundation

/// Inline PEM, of which Java takes more forms than OpenSSL.
enum PEMText {
    /// The blocks of a PEM text with their base64 in lines of 64, as OpenSSL wants them.
    ///
    /// A properties file often has a whole certificate on one line, which Java reads and OpenSSL does not.
    /// A text with more to it, such as `Proc-Type` headers, is left as it is.
    static func normalised(_ text: String) -> String {
        let lines = text.replacing("\r", with: "")
        var blocks: [String] = []
        var rest = lines[...]
        while let block = rest.firstMatch(of: /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END ([A-Z0-9 ]+)-----/) {
            rest = rest[block.range.upperBound...]
            var body = block.2.filter { !$0.isWhitespace }[...]
            var wrapped: [Substring] = []
            while !body.isEmpty {
                wrapped.append(body.prefix(64))
                body = body.dropFirst(64)
            }
            blocks.append("-----BEGIN \(block.1)-----\n\(wrapped.joined(separator: "\n"))\n-----END \(block.3)-----")
        }
        let isWhole = !blocks.isEmpty && blocks.count == lines.ranges(of: "-----BEGIN ").count
        return !isWhole ? text : blocks.joined(separator: "\n") + "\n"
    }

    /// How many certificates a text holds.
    static func certificates(in text: String) -> Int {
        text.ranges(of: "-----BEGIN CERTIFICATE-----").count
    }
}
