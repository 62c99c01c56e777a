internal import Cutover
internal import Foundation
internal import OffsetTranslate

/// Makes checks of what was seen of a machine. Pure.
public struct MachineJudge: Sendable {
    public var facts: MachineFacts
    /// Of the clusters, where they were asked: the more of the two.
    public var brokers: Int?

    public init(_ facts: MachineFacts, brokers: Int? = nil) {
        self.facts = facts
        self.brokers = brokers
    }

    public var checks: [DoctorCheck] { [clientLibrary, openFiles, journal, temporaryFolder, clock, terminal, runbooks] }

    // MARK: The client library

    /// The oldest that this was made and tested with.
    static let leastLibrary = "2.0.2"

    /// What a configuration may need, by librdkafka's names.
    private static let wanted: [(feature: String, what: String)] = [
        ("ssl", "TLS"), ("sasl_plain", "SASL PLAIN"), ("sasl_scram", "SASL SCRAM"), ("sasl_gssapi", "SASL GSSAPI (Kerberos)"),
        ("sasl_oauthbearer", "SASL OAUTHBEARER"), ("gzip", "gzip"), ("snappy", "snappy"), ("lz4", "lz4"), ("zstd", "zstd"),
    ]

    private var clientLibrary: DoctorCheck {
        let evidence = "librdkafka \(facts.libraryVersion)"
        if facts.libraryVersion.compare(Self.leastLibrary, options: .numeric) == .orderedAscending {
            return DoctorCheck(
                .clientLibrary, .fail, evidence + ", which is older than \(Self.leastLibrary)", remedy: "Install librdkafka \(Self.leastLibrary) or newer.")
        }
        let missing = Self.wanted.filter { !facts.libraryFeatures.contains($0.feature) }
        return DoctorCheck(
            .clientLibrary, missing.isEmpty ? .pass : .warn,
            evidence + (missing.isEmpty ? " with TLS, all SASL mechanisms" + withoutEndpoints + " and all codecs" : ", built without \(missing.map(\.what).joined(separator: ", "))"),
            findings: missing.map { "no \($0.what): clusters that need it, or records compressed with it, can't be reached or read" },
            remedy: missing.isEmpty ? nil : "Install a librdkafka that was built with them, if any of the clusters needs them.")
    }

    /// Few need it, so it is no warning; whose configuration does is refused.
    private var withoutEndpoints: String { facts.libraryFeatures.contains("oauthbearer_oidc") ? "" : " (of OAUTHBEARER not OIDC: no tokens from an endpoint)" }

    // MARK: What the system gives

    /// Of each client: a pipe for each broker, and for what finds brokers, and connections to the few that it asks.
    private static let filesOfABroker = 2, filesOfAClient = 7
    /// For each of two clusters, one that asks and 32 that commit for groups at the same time.
    private static let clients = 66
    /// Beside the clients.
    private static let otherFiles = 64

    /// The most that a cutover of many groups opens.
    public static func filesNeeded(brokers: Int) -> UInt64 {
        UInt64(otherFiles + clients * (filesOfAClient + filesOfABroker * max(1, brokers)))
    }

    private var openFiles: DoctorCheck {
        let needed = Self.filesNeeded(brokers: brokers ?? 3), soft = facts.openFiles.soft
        let evidence = (soft > 1 << 40 ? "no limit on open files" : "\(counted(soft, "file")) may be open")
            + ", and \(needed.grouped) are the most that moving many groups takes, with \(counted(brokers ?? 3, "broker")) a cluster"
        let isEnough = soft >= needed, canRaise = facts.openFiles.hard >= needed
        return DoctorCheck(
            .openFiles, isEnough ? .pass : .warn, evidence,
            remedy: isEnough ? nil
                : "ulimit -n \(needed)" + (canRaise ? "" : ", after its hard limit (\(facts.openFiles.hard.grouped)) was raised") + "; LimitNOFILE= of a systemd unit.",
            value: soft > 1 << 40 ? nil : Double(soft), unit: soft > 1 << 40 ? nil : .count)
    }

    private var clock: DoctorCheck {
        let time = Date(timeIntervalSince1970: Double(facts.now) / 1000).ISO8601Format()
        // What this was made at, or later: checkpoints, heartbeats and journals are judged by the clock.
        let isPast = facts.now < 1_764_000_000_000, isFuture = facts.now > 4_102_444_800_000
        return DoctorCheck(
            .clock, isPast || isFuture ? .fail : .pass, "it is \(time)" + (isPast ? ", before this command was made" : isFuture ? ", the next century" : ""),
            remedy: isPast || isFuture ? "Set the clock: ages of checkpoints and heartbeats, and the journal's times, go by it." : nil)
    }

    private var terminal: DoctorCheck {
        let name = facts.locale ?? ""
        let isUnicode = name.uppercased().replacing("-", with: "").contains("UTF8")
        if !facts.isTerminal { return DoctorCheck(.terminal, .pass, "nobody looks on: output is UTF-8, whole and without colour") }
        return DoctorCheck(
            .terminal, isUnicode ? .pass : .warn, isUnicode ? "its characters are UTF-8 (\(name))" : "its characters are not said to be UTF-8 (\(name.isEmpty ? "no locale is set" : name))",
            remedy: isUnicode ? nil : "export LC_ALL=C.UTF-8, if names with other than ASCII letters look wrong.")
    }

    private var runbooks: DoctorCheck {
        guard let folder = facts.runbookFolder, facts.runbookCount > 0 else {
            return DoctorCheck(
                .runbooks, .warn, "none are found in $FAILOVER_RUNBOOKS, in ./runbooks, or where they are installed",
                remedy: "Install them ('make install'), or name their folder in FAILOVER_RUNBOOKS.")
        }
        return DoctorCheck(.runbooks, .pass, "\(facts.runbookCount) in \(folder)", value: Double(facts.runbookCount), unit: .count)
    }

    // MARK: Folders

    /// A plan of a thousand groups of ten partitions, and what becomes of it, takes about 8 MB of a journal.
    private static let plenty: Int64 = 200 << 20, least: Int64 = 20 << 20

    private var journal: DoctorCheck {
        var check = folder(.journal, facts.journal, "journals", remedy: "--journal-folder, or XDG_STATE_HOME, names another.")
        guard check.status == .pass || check.status == .warn, !facts.journal.exposed.isEmpty else { return check }
        check.status = .warn
        check.evidence += "; others than its owner may look into it"
        check.findings = facts.journal.exposed.shortened(to: 10)
        check.remedy = "chmod 0700 of the folder, 0600 of the journals: they name groups, topics and people."
        return check
    }

    private var temporaryFolder: DoctorCheck { folder(.temporaryFolder, facts.temporary, "temporary files", remedy: "TMPDIR names another.") }

    private func folder(_ kind: DoctorKind, _ folder: FolderFacts, _ what: String, remedy: String) -> DoctorCheck {
        if folder.isBlocked { return DoctorCheck(kind, .fail, "\(folder.path), for \(what), is no folder", remedy: remedy) }
        guard folder.isWritable else {
            return DoctorCheck(kind, .fail, "\(folder.path), for \(what), can't be " + (folder.exists ? "written to" : "made"), remedy: "See to its permissions. " + remedy)
        }
        let free = folder.free.map { "\(($0 >> 20).grouped) MiB free" } ?? "how much is free can't be told"
        let status: CheckStatus = folder.free.map { $0 < Self.least ? .fail : $0 < Self.plenty ? .warn : .pass } ?? .pass
        return DoctorCheck(
            kind, status, "\(folder.path)" + (folder.exists ? "" : ", which will be made") + ": \(free)",
            remedy: status == .pass ? nil : "Make room: without, a run can't write down what it does, and stops. " + remedy)
    }
}
