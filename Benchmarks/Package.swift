// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// A package of its own, so that building the toolkit never builds its benchmarks. See docs/performance.md.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "OffsetTranslate", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        .systemLibrary(name: "LibRdkafka", pkgConfig: "rdkafka"),
        // A reader in C of the same topic, and what Swift can't ask of malloc.
        .target(name: "CSupport", dependencies: ["LibRdkafka"]),
        .executableTarget(
            name: "translation",
            dependencies: [
                "CSupport",
                .product(name: "OffsetTranslate", package: "OffsetTranslate"),
                .product(name: "Cutover", package: "OffsetTranslate"),
                .product(name: "MirrorLoop", package: "OffsetTranslate"),
                .product(name: "StatusServer", package: "OffsetTranslate"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
