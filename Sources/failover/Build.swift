import KafkaClient

/// What this command is, and was built with.
struct Build: Encodable, Sendable {
    /// The command's own version: the one place that has it.
    static let release = "0.1.0"

    var version = release
    /// The compiler's, such as "6.3": what the source can ask for.
    var swift = Self.compiler
    var platform = Self.system
    var librdkafka = ClientLibrary.version
    /// What librdkafka was built with.
    var features = ClientLibrary.features.split(separator: ",").map(String.init)

    /// `failover --version`.
    var text: String {
        """
        \(version) (librdkafka \(librdkafka))
        librdkafka's features: \(features.joined(separator: ", "))
        Swift \(swift), \(platform)
        """
    }

    private static var system: String {
        #if os(Linux)
        "linux-\(architecture)"
        #elseif os(macOS)
        "macos-\(architecture)"
        #else
        "other-\(architecture)"
        #endif
    }

    private static var architecture: String {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "aarch64"
        #else
        "other"
        #endif
    }

    private static var compiler: String {
        #if compiler(>=6.4)
        "6.4 or newer"
        #elseif compiler(>=6.3)
        "6.3"
        #elseif compiler(>=6.2)
        "6.2"
        #else
        "6.1"
        #endif
    }
}
