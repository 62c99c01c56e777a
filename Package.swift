// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Dependencies point one way: CRdkafka (and, for Cutover, CCrypto) <- KafkaClient <- OffsetTranslate <- MirrorLoop, Cutover <- Inspection, Runbooks, Sandbox
// <- StatusServer <- failover.
let package = Package(
    name: "OffsetTranslate",
    products: [
        // KafkaClient's types are part of its interface.
        .library(name: "OffsetTranslate", targets: ["OffsetTranslate", "KafkaClient"]),
        .library(name: "Cutover", targets: ["Cutover"]),
        .library(name: "MirrorLoop", targets: ["MirrorLoop"]),
        // Inspection's types are part of its interface.
        .library(name: "StatusServer", targets: ["StatusServer", "Inspection"]),
        // For the fuzzer, which is a package of its own (Fuzzing).
        .library(name: "HostileInput", targets: ["HostileInput"]),
        .executable(name: "failover", targets: ["failover"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CRdkafka", pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),

        // OpenSSL's, which librdkafka links too; for one hash.
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),

        .target(name: "KafkaClient", dependencies: ["CRdkafka"], swiftSettings: strict),
        .target(name: "OffsetTranslate", dependencies: ["KafkaClient"], swiftSettings: strict),

        .target(name: "MirrorLoop", dependencies: ["OffsetTranslate", "KafkaClient"], swiftSettings: strict),
        .target(
            name: "Cutover",
            dependencies: ["OffsetTranslate", "KafkaClient", "CCrypto"],
            swiftSettings: strict),
        .target(
            name: "Inspection", dependencies: ["Cutover", "MirrorLoop", "OffsetTranslate", "KafkaClient"], swiftSettings: strict),
        // Sockets alone: what is above them has to bound what a client may send, and for how long (Sources/StatusServer/HTTP).
        .target(
            name: "StatusServer",
            dependencies: ["Inspection", "OffsetTranslate", "KafkaClient", .product(name: "FlyingSocks", package: "FlyingFox")],
            resources: ["page.html", "page.css", "text.js", "charts.js", "groups.js", "detail.js", "page.js"].map { .embedInCode("Page/\($0)") },
            swiftSettings: strict),
        // Its journal is a cutover's.
        .target(
            name: "Runbooks", dependencies: ["Cutover", "OffsetTranslate", "KafkaClient", .product(name: "Yams", package: "Yams")],
            resources: [.embedInCode("Documents/report.css")], swiftSettings: strict),
        .target(
            name: "Sandbox", dependencies: ["MirrorLoop", "Cutover", "OffsetTranslate", "KafkaClient", .product(name: "FlyingSocks", package: "FlyingFox")],
            swiftSettings: strict),
        .executableTarget(
            name: "failover",
            dependencies: [
                "StatusServer", "Sandbox", "Runbooks", "Inspection", "MirrorLoop", "Cutover", "OffsetTranslate", "KafkaClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .target(name: "TestSupport", dependencies: ["KafkaClient"], path: "Tests/TestSupport", swiftSettings: strict),
        // A cluster for tests, at the seam.
        .target(
            name: "InMemoryKafka", dependencies: ["KafkaClient"], path: "Tests/InMemoryKafka", swiftSettings: strict),
        // Two of them, and what a mirror between them left behind.
        .target(
            name: "MirroredEstate", dependencies: ["InMemoryKafka", "OffsetTranslate", "KafkaClient"], path: "Tests/MirroredEstate",
            swiftSettings: strict),

        // Random lives of a mirrored partition, and the truth about each of its records.
        .target(
            name: "MirrorHistories", dependencies: ["OffsetTranslate", "KafkaClient", "TestSupport"], path: "Tests/MirrorHistories",
            swiftSettings: strict),

        // Whatever is read that others have written, and what its reader promises.
        .target(
            name: "HostileInput", dependencies: ["StatusServer", "Runbooks", "Cutover", "OffsetTranslate", "KafkaClient", "TestSupport"],
            path: "Tests/HostileInput", swiftSettings: strict),
        .testTarget(name: "HostileInputTests", dependencies: ["HostileInput"], swiftSettings: strict),

        .testTarget(name: "KafkaClientTests", dependencies: ["KafkaClient"], swiftSettings: strict),
        .testTarget(
            name: "OffsetTranslateTests", dependencies: ["OffsetTranslate", "KafkaClient", "InMemoryKafka", "MirrorHistories", "TestSupport"],
            resources: [.copy("Golden")], swiftSettings: strict),
        .testTarget(
            name: "MirrorLoopTests", dependencies: ["MirrorLoop", "OffsetTranslate", "KafkaClient", "InMemoryKafka", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "FailoverTests", dependencies: ["failover", "TestSupport", "Runbooks", "MirrorLoop", "OffsetTranslate", "KafkaClient"],
            swiftSettings: strict),
        .testTarget(
            name: "RealBrokerTests", dependencies: ["Inspection", "Cutover", "MirrorLoop", "OffsetTranslate", "KafkaClient", "CRdkafka", "TestSupport"],
            swiftSettings: strict),
        .executableTarget(
            name: "leaks", dependencies: ["KafkaClient"], path: "Tests/Leaks", swiftSettings: strict),
        .testTarget(
            name: "InspectionTests",
            dependencies: ["Inspection", "Cutover", "OffsetTranslate", "KafkaClient", "InMemoryKafka", "MirroredEstate", "MirrorHistories", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "StatusServerTests",
            dependencies: [
                "StatusServer", "Inspection", "Cutover", "OffsetTranslate", "KafkaClient", "TestSupport", .product(name: "FlyingSocks", package: "FlyingFox"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RunbookTests", dependencies: ["Runbooks", "Cutover", "KafkaClient", "InMemoryKafka", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SandboxTests", dependencies: ["Sandbox", "TestSupport", .product(name: "FlyingSocks", package: "FlyingFox")], swiftSettings: strict),
        .testTarget(
            name: "CutoverTests",
            dependencies: ["Cutover", "OffsetTranslate", "KafkaClient", "InMemoryKafka", "MirroredEstate", "TestSupport"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
