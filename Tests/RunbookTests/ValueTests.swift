import Foundation
import Runbooks
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        (3, "3"), (.number(0.5), "0.5"), (-1_500_000, "-1500000"), (.integer(Int64(1) << 53), "9007199254740992"), (.number(-0.0), "0"),
        ("3", #""3""#),
        ("", #""""#), ("true", #""true""#), (true, "true"), (false, "false"), (1, "1"), (0, "0"), ([], "[]"), (["a", "1", ""], #"["a","1",""]"#),
        ("a\n\"b\"", #""a\n\"b\"""#),
    ] as [(Value, String)]) func json(_ value: Value, _ json: String) throws {
        #expect(String(decoding: try JSONEncoder().encode(value), as: UTF8.self) == json)
        #expect(try JSONDecoder().decode(Value.self, from: Data(json.utf8)) == value)
    }

    @Test(arguments: ["null", "{}", "[1]", "[[]]", "[null]"]) func otherJSON(_ json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Value.self, from: Data(json.utf8)) }
    }

    @Test(arguments: [
        (1500, "1,500"), (.number(1234567.25), "1,234,567.25"), (.number(-0.5), "-0.5"), (.number(-1234.5), "-1,234.5"), (0, "0"), (-1000, "-1,000"),
        (.number(0.00005), "0.00005"), (.number(-0.00000125), "-0.00000125"), (.number(1e20), "1e+20"), (.number(.infinity), "inf"),
        (.number(.nan), "nan"),
        ("1500", "1500"), ("a\r\nb\tc", "a\r\nb\tc"), ("a\rb\u{1B}[1m\u{202E}", #"a\u{d}b\u{1b}[1m\u{202e}"#), (true, "true"), (["a", "b"], "a, b"),
        ([], "none"),
    ] as [(Value, String)]) func forPeople(_ value: Value, _ text: String) { #expect(value.description == text) }
}
