import Foundation
@testable import Inspection
import Testing

/// What is made of what is seen of a machine.
@Suite struct MachineJudgeTests {
    private static let features = ["gzip", "snappy", "ssl", "sasl", "lz4", "sasl_gssapi", "sasl_plain", "sasl_scram", "zstd", "sasl_oauthbearer"]

    private static func facts() -> MachineFacts {
        MachineFacts(
            libraryVersion: "2.0.2", libraryFeatures: features, openFiles: (1024, 1_048_576),
            journal: FolderFacts(path: "/state", exists: true, isWritable: true, free: 1 << 40),
            temporary: FolderFacts(path: "/tmp", exists: true, isWritable: true, free: 1 << 40), now: 1_795_686_568_000, isTerminal: true,
            locale: "en_GB.utf8", runbookFolder: "/books", runbookCount: 9)
    }

    private func check(_ kind: DoctorKind, brokers: Int? = nil, _ change: (inout MachineFacts) -> Void) throws -> DoctorCheck {
        var facts = Self.facts()
        change(&facts)
        let checks = MachineJudge(facts, brokers: brokers).checks
        // Nothing else is worse for it.
        #expect(checks.allSatisfy { $0.kind == kind || $0.status == .pass }, "\(checks)")
        return try #require(checks.first { $0.kind == kind })
    }

    @Test func aFitMachine() {
        let checks = MachineJudge(Self.facts()).checks
        #expect(checks.map(\.kind) == [.clientLibrary, .openFiles, .journal, .temporaryFolder, .clock, .terminal, .runbooks])
        #expect(checks.allSatisfy { $0.status == .pass && $0.remedy == nil && $0.findings.isEmpty && $0.cluster == nil }, "\(checks)")
        #expect(checks.verdict() == .pass)
    }

    @Test(arguments: [("1.9.2", CheckStatus.fail), ("2.0.1", .fail), ("2.0.2", .pass), ("2.10.0", .pass), ("10.0.0", .pass)])
    func librariesByAge(_ version: String, _ status: CheckStatus) throws {
        #expect(try check(.clientLibrary) { $0.libraryVersion = version }.status == status)
    }

    /// Debian's has no OIDC, and few need it.
    @Test(arguments: [true, false]) func tokensFromAnEndpointAreSaidToBeMissing(hasOIDC: Bool) throws {
        let check = try check(.clientLibrary) { if hasOIDC { $0.libraryFeatures.append("oauthbearer_oidc") } }
        #expect(check.status == .pass && check.evidence.contains("not OIDC") == !hasOIDC)
    }

    @Test func aLibraryWithoutTLS() throws {
        let check = try check(.clientLibrary) { $0.libraryFeatures.removeAll { ["ssl", "zstd"].contains($0) } }
        #expect(check.status == .warn && check.findings.count == 2 && check.evidence.contains("without TLS, zstd"), "\(check)")
    }

    @Test func openFilesGrowWithBrokers() throws {
        let needed = MachineJudge.filesNeeded(brokers: 3)
        #expect(needed < 1024 && MachineJudge.filesNeeded(brokers: 12) > 1024)
        #expect(try check(.openFiles) { $0.openFiles = (needed, needed) }.status == .pass)
        let few = try check(.openFiles) { $0.openFiles = (needed - 1, 1_048_576) }
        #expect(few.status == .warn && few.remedy?.hasPrefix("ulimit -n \(needed);") == true && few.value == Double(needed - 1), "\(few)")
        #expect(try check(.openFiles) { $0.openFiles = (needed - 1, needed - 1) }.remedy?.contains("hard limit") == true)
        #expect(try check(.openFiles, brokers: 12) { _ in }.status == .warn)
        #expect(try check(.openFiles, brokers: 12) { $0.openFiles = (.max, .max) }.status == .pass)
    }

    @Test(arguments: [(Int64(0), CheckStatus.fail), (1_700_000_000_000, .fail), (1_795_686_568_000, .pass), (5_000_000_000_000, .fail)])
    func clocks(_ now: Int64, _ status: CheckStatus) throws {
        #expect(try check(.clock) { $0.now = now }.status == status)
    }

    @Test(arguments: [
        (String?.none, true, CheckStatus.warn), ("C", true, .warn), ("POSIX", true, .warn), ("de_DE.ISO-8859-1", true, .warn), ("C.UTF-8", true, .pass),
        ("C", false, .pass),
    ])
    func terminals(_ locale: String?, _ isTerminal: Bool, _ status: CheckStatus) throws {
        #expect(try check(.terminal) { ($0.locale, $0.isTerminal) = (locale, isTerminal) }.status == status)
    }

    @Test func noRunbooks() throws {
        let check = try check(.runbooks) { ($0.runbookFolder, $0.runbookCount) = (nil, 0) }
        #expect(check.status == .warn && check.remedy?.contains("FAILOVER_RUNBOOKS") == true)
    }

    @Test func foldersThatDoNotDo() throws {
        for (free, status) in [(Int64(0), .fail), (20 << 20, .warn), (200 << 20, .pass)] as [(Int64, CheckStatus)] {
            #expect(try check(.journal) { $0.journal.free = free }.status == status)
            #expect(try check(.temporaryFolder) { $0.temporary.free = free }.status == status)
        }
        #expect(try check(.journal) { $0.journal.isWritable = false }.evidence.contains("can't be written to"))
        #expect(try check(.journal) { ($0.journal.isWritable, $0.journal.exists) = (false, false) }.evidence.contains("can't be made"))
        #expect(try check(.journal) { $0.journal.isBlocked = true }.status == .fail)
        let exposed = try check(.journal) { $0.journal.exposed = ["/state has mode 0755"] }
        #expect(exposed.status == .warn && exposed.findings == ["/state has mode 0755"])
        // What is worse stays so.
        #expect(try check(.journal) { ($0.journal.exposed, $0.journal.free) = (["x"], 0) }.status == .fail)
    }

    @Test func foldersAsTheyAre() throws {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appendingPathComponent("doctor-\(UUID().uuidString)")
        defer { try? manager.removeItem(at: folder) }
        let missing = FolderFacts(of: folder.appendingPathComponent("a/b"))
        #expect(!missing.exists && missing.isWritable && !missing.isBlocked && missing.free ?? 0 > 0, "\(missing)")
        // Looking has made nothing.
        #expect(!manager.fileExists(atPath: folder.path))

        try manager.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for (name, mode) in [("a.log", 0o600), ("b.log", 0o640), ("c.txt", 0o644)] {
            #expect(manager.createFile(atPath: folder.appendingPathComponent(name).path, contents: nil, attributes: [.posixPermissions: mode]))
        }
        #expect(FolderFacts(of: folder) { $0.hasSuffix(".log") }.exposed == ["\(folder.path)/b.log has mode 0640"])
        try manager.setAttributes([.posixPermissions: 0o750], ofItemAtPath: folder.path)
        #expect(FolderFacts(of: folder) { $0.hasSuffix(".log") }.exposed.count == 2)
        #expect(FolderFacts(of: folder).exposed.isEmpty)
        #expect(FolderFacts(of: folder.appendingPathComponent("a.log")).isBlocked)
        #expect(FolderFacts(of: folder.appendingPathComponent("a.log/journals")).isBlocked)
    }
}
