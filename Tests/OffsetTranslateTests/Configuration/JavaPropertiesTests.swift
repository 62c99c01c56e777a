import TestSupport
import Testing

@testable import OffsetTranslate

@Suite("Configuration: java.util.Properties")
struct ConfigurationJavaPropertiesTests {
    @Test("Entries", arguments: [
        ("a=b", ["a": "b"]),
        ("a:b", ["a": "b"]),
        ("a b", ["a": "b"]),
        ("a", ["a": ""]),
        ("a=", ["a": ""]),
        ("  a   =   b  ", ["a": "b  "]),
        ("a = = b", ["a": "= b"]),
        ("a := b", ["a": "= b"]),
        ("a\t\u{0C}b", ["a": "b"]),
        ("# c\n! d\n  # e\na=b", ["a": "b"]),
        ("a=b # not a comment", ["a": "b # not a comment"]),
        ("a=b\r\nc=d\re=f", ["a": "b", "c": "d", "e": "f"]),
        ("a=b\\\n   c", ["a": "bc"]),
        ("a=b\\\r\n   c", ["a": "bc"]),
        ("a=b\\\\\nc=d", ["a": "b\\", "c": "d"]),
        ("a=b\\\\\\\nc", ["a": "b\\c"]),
        ("a=b\\\n# c", ["a": "b# c"]),
        ("a=b\\\n\nc=d", ["a": "b", "c": "d"]),
        ("\\\n\na=b", ["a": "b"]),
        ("# c \\\na=b", ["a": "b"]),
        ("a=b\\", ["a": "b"]),
        ("a\\=b\\:c\\ d=e", ["a=b:c d": "e"]),
        ("a=\\t\\n\\r\\f\\q\\\\", ["a": "\t\n\r\u{0C}q\\"]),
        ("a=\\u0041\\uD83D\\uDE00", ["a": "A😀"]),
        ("a=\\uD83D", ["a": "\u{FFFD}"]),
        ("a=é", ["a": "é"]),
        ("A->B.enabled = true", ["A->B.enabled": "true"]),
        ("=b", ["": "b"]),
        ("", [:]),
        ("\n\n", [:]),
    ] as [(String, [String: String])])
    func entries(text: String, expected: [String: String]) throws {
        let properties = try JavaProperties(parsing: text, file: "f")
        #expect(Dictionary(properties.entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) == expected)
    }

    @Test("ISO-8859-1 where the bytes are not UTF-8, and a byte order mark")
    func encodings() throws {
        #expect(try JavaProperties(parsing: [0x61, 0x3D, 0xE9], file: "f")["a"] == "é")
        #expect(try JavaProperties(parsing: [0xEF, 0xBB, 0xBF, 0x61, 0x3D, 0x62], file: "f")["a"] == "b")
    }

    @Test("Lines and duplicates")
    func lines() throws {
        let properties = try JavaProperties(parsing: "a=1\n#\nb=2\\\n 3\na=4\n", file: "f")
        #expect(properties.entries.map(\.line) == [1, 3, 5])
        #expect(properties["a"] == "4")
        #expect(properties.duplicates.map(\.key) == ["a"])
        #expect(properties.duplicates.first?.lines == [1, 5])
    }

    @Test("A malformed escape names file and line", arguments: ["\\u12", "\\u12G4", "\\u+123", "\\u-000", "\\u"])
    func malformed(escape: String) throws {
        let error = try #require(failure { () throws(ConfigurationError) in
            try JavaProperties(parsing: "a=1\nb=\(escape)", file: "x.properties")
        })
        #expect(error.kind == .malformed)
        #expect(error.location == .init(file: "x.properties", line: 2))
    }

    @Test("Values are not printed")
    func redaction() throws {
        let properties = try JavaProperties(parsing: "a=hunter2", file: "f")
        #expect(!everythingPrinted(properties).contains("hunter2"))
        #expect(!everythingPrinted(properties.entries).contains("hunter2"))
    }

    @Test("Any bytes are read or refused, never a crash")
    func fuzz() {
        var random = SeededGenerator(seed: 1)
        let likely = Array("\\\\\\uu=: \n\r\t#!aA01.->".utf8)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random) ? likely[Int.random(in: 0..<likely.count, using: &random)]
                    : UInt8.random(in: 0...255, using: &random)
            }
            let properties = try? JavaProperties(parsing: bytes, file: "f")
            #expect(properties.map { $0.entries.count <= bytes.count } ?? true)
        }
    }
}
