import Foundation
import Testing

@testable import OffsetTranslate

@Suite("Configuration: config providers")
struct ConfigurationProviderTests {
    private let resolver = ConfigValueResolver(environment: ["PASS": "hunter2", "EMPTY": ""])

    @Test("Expressions", arguments: [
        ("plain", "plain", false), ("${env:PASS}", "hunter2", true), ("a${env:PASS}b${env::PASS}", "ahunter2bhunter2", true),
        ("${env:EMPTY}", "", true), ("${nothing}", "${nothing}", false), ("${env:PASS", "${env:PASS", false),
        ("${x} ${env:PASS}", "${x} hunter2", true), ("$${env:PASS}", "$hunter2", true), ("a{2,3}$", "a{2,3}$", false),
        ("${", "${", false),
    ])
    func expressions(text: String, expected: String, isSecret: Bool) throws {
        let resolved = try resolver.resolve(text, key: "k")
        #expect(resolved.value == expected)
        #expect(resolved.isSecret == isSecret)
        #expect(!isSecret || expected.isEmpty || !everythingPrinted(resolved).contains("hunter2"))
    }

    @Test("Files and directories")
    func files() throws {
        try withTemporaryDirectory { directory in
            try "user=a\npass:with\\:colon=hunter2\n".write(toFile: "\(directory)/s.properties", atomically: true, encoding: .utf8)
            try "k = v\nodd\\:key = w\n".write(toFile: "\(directory)/t.properties", atomically: true, encoding: .utf8)
            try "whole\nfile\n".write(toFile: "\(directory)/token", atomically: true, encoding: .utf8)
            #expect(try resolver.resolve("${file:\(directory)/t.properties:k}", key: "k").value == "v")
            #expect(try resolver.resolve("${file:\(directory)/t.properties:odd:key}", key: "k").value == "w")
            #expect(try resolver.resolve("${directory:\(directory):token}", key: "k").value == "whole\nfile\n")
            #expect(try resolver.resolve("${directory:\(directory)/:token}", key: "k").value == "whole\nfile\n")
        }
    }

    @Test("What leads nowhere is an error that tells where it was written, and no value")
    func missing() throws {
        try withTemporaryDirectory { directory in
            let file = "\(directory)/s.properties"
            try "other=hunter2\n".write(toFile: file, atomically: true, encoding: .utf8)
            try "k=hunter2\\u12\n".write(toFile: "\(directory)/bad", atomically: true, encoding: .utf8)
            let cases: [(String, ConfigurationError.Kind, String)] = [
                ("${file:\(file):nothere}", .unresolved, "nothere"),
                ("${file:\(directory)/no:k}", .unreadable, "no such file"),
                ("${file:\(directory):k}", .unreadable, "directory"),
                ("${file:\(directory)/bad:k}", .malformed, "four hexadecimal digits"),
                ("${env:NOPE}", .unresolved, "NOPE"),
                ("${env:path:PASS}", .unresolved, "no path"),
                ("${directory:\(directory):nofile}", .unreadable, "no such file"),
                ("${directory:\(directory):../s.properties}", .unresolved, "directory"),
                ("${vault:secret/kafka:k}", .unresolved, "vault"),
            ]
            for (text, kind, words) in cases {
                let error = try #require(failure { () throws(ConfigurationError) in
                    try resolver.resolve(text, key: "sasl.password", at: .init(file: "f", line: 7))
                })
                #expect(error.kind == kind, "\(error)")
                #expect(error.key == "sasl.password")
                #expect(error.description.contains(words), "\(error)")
                #expect(!everythingPrinted(error).contains("hunter2"))
            }
        }
    }

    @Test("Providers under names of their own")
    func declared() throws {
        let text = """
            clusters=A,B
            A.bootstrap.servers=a:1
            B.bootstrap.servers=b:1
            A->B.enabled=true
            config.providers=secrets,other
            config.providers.secrets.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
            config.providers.other.class=com.example.VaultProvider
            A.client.id=${secrets:ID}
            """
        let (flow, warnings) = try load(text, environment: ["ID": "hunter2"])
        #expect(flow.source.client["client.id"] == "hunter2")
        #expect(warnings.contains { $0.key == "config.providers.other.class" && $0.severity == .warning })
        #expect(!everythingPrinted(flow).contains("hunter2"))
    }
}
