/// The tables of `docs/configuration.md`, made from the names and defaults that the code uses.
enum ConfigurationReference {
    /// MirrorMaker's keys: default and effect.
    static var mirrorKeys: String {
        table(["Key", "Default", "Effect"], MirrorKey.allCases.map { key in
            ["`\(key.rawValue)`", key.defaultText.isEmpty ? "" : "`\(key.defaultText)`", key.effect]
        })
    }

    /// Java client properties that become something else.
    static var clientProperties: String {
        let renamed = ClientNames.renamed.map { java, native in
            ["`\(java)`", "`\(native.name)`" + (native.divisor == 1 ? "" : ", divided by \(native.divisor)")]
        }
        let translated = ClientNames.translated.map { ["`\($0.key)`", $0.value] }
        let rows = (renamed + translated).sorted { $0[0] < $1[0] }
        return table(["Java client", "librdkafka"], rows)
    }

    /// Client properties that the commands rule themselves.
    static var controlled: String {
        table(["Property", "Why it has no effect"], ClientNames.controlled.sorted { $0.key < $1.key }.map { ["`\($0.key)`", $0.value] })
    }

    /// Java client properties without a counterpart.
    static var javaOnly: String { list(ClientNames.javaOnly.sorted()) }

    /// Kafka Connect's keys that are accepted in silence or with a note.
    static var connect: String { list(ConnectNames.names.sorted() + ConnectNames.prefixes.sorted().map { $0 + "*" }) }

    private static func list(_ names: [String]) -> String {
        names.map { "`\($0)`" }.joined(separator: ", ") + "."
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows)
            .map { "| " + $0.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }
}
