// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// A package of its own, so that building the toolkit needs no fuzzer. What is fuzzed is in Tests/HostileInput; see CONTRIBUTING.md.
let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "OffsetTranslate", path: "..")],
    targets: [
        // Links only with `--sanitize fuzzer`, which brings the main.
        .executableTarget(
            name: "fuzz", dependencies: [.product(name: "HostileInput", package: "OffsetTranslate")], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
