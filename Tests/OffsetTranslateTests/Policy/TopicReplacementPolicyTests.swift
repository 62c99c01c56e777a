@testable import OffsetTranslate
import Testing

@Suite struct TopicReplacementPolicyTests {
    @Test(arguments: [
        ("", 0, []), ("abc", 0, [.text("abc")]), ("$0", 0, [.group(0)]), ("$1", 1, [.group(1)]),
        ("a$1b$2", 2, [.text("a"), .group(1), .text("b"), .group(2)]), ("$10", 1, [.group(1), .text("0")]),
        ("$10", 10, [.group(10)]), ("$123", 12, [.group(12), .text("3")]), (#"\$1"#, 0, [.text("$1")]),
        (#"a\\b\."#, 0, [.text(#"a\b."#)]),
    ] as [(String, Int, [TopicReplacement.Part])])
    func parsesAsJavaDoes(replacement: String, groups: Int, parts: [TopicReplacement.Part]) throws {
        #expect(try TopicReplacement.parse(replacement, groups: groups) == parts)
    }

    @Test(arguments: ["$", "$x", "${name}", "$2", #"a\"#])
    func refuses(replacement: String) {
        #expect(throws: ReplicationPolicyError.self) { try TopicReplacement.parse(replacement, groups: 1) }
    }
}
