import Foundation
import TestSupport
import Testing

@testable import OffsetTranslate

/// Loads texts as if they were files.
func load(
    _ text: String, file: String = "mm2.properties", flow: (source: String, target: String)? = nil,
    overrides: [String: String] = [:], environment: [String: String] = [:]
) throws(ConfigurationError) -> (FlowConfiguration, [ConfigurationWarning]) {
    try load([(file, text)], flow: flow, overrides: overrides, environment: environment)
}

func load(
    _ files: [(name: String, text: String)], flow: (source: String, target: String)? = nil,
    overrides: [String: String] = [:], environment: [String: String] = [:]
) throws(ConfigurationError) -> (FlowConfiguration, [ConfigurationWarning]) {
    try ConfigurationFile.load(
        files.map { .init(bytes: Array($0.text.utf8), file: $0.name) }, flow: flow, overrides: overrides,
        resolver: ConfigValueResolver(environment: environment))
}

/// The error of something that must fail.
func failure<T>(_ body: () throws(ConfigurationError) -> T) -> ConfigurationError? {
    do {
        _ = try body()
        Issue.record("nothing was thrown")
        return nil
    } catch {
        return error
    }
}

/// Everything a value can print of itself.
func everythingPrinted(_ value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return dumped + String(describing: value) + String(reflecting: value)
}

/// A directory that goes away with the test.
func withTemporaryDirectory<T>(_ body: (String) throws -> T) throws -> T {
    let directory = scratch.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.path)
}
