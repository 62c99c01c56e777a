import ArgumentParser
import Cutover
import Foundation

/// Which hazards are accepted; each flag names one.
struct AdmissionOptions: ParsableArguments {
    @Flag(help: "Leave groups with members on the target out, wholly: brokers refuse to move them.") var leaveOutActive = false
    @Flag(help: "Move groups whose consumers still run on the source: what they commit there from now on is read again.") var allowActiveOnSource = false
    @Flag(help: "Move groups while records are still written to the source: they come late on the target, or never.") var allowSourceWrites = false
    @Flag(help: "Move groups before the mirror has copied everything.") var allowUndrained = false
    @Flag(help: "Move groups between topics whose partition counts differ.") var allowPartitionMismatch = false
    @Flag(help: "Let a group's commit on the target move back: it reads again from there.") var allowRewind = false
    @Flag(help: "Leave partitions without a position as they are: consumers start there by their auto.offset.reset, and 'latest' skips.")
    var allowUntranslated = false
    @Flag(help: "Move the groups without a hazard, and leave each of the others out, wholly.") var onlySafeGroups = false

    var admission: Admission {
        let flags: [(Bool, Check.Kind)] = [
            (leaveOutActive, .groupActiveOnTarget), (allowActiveOnSource, .groupActiveOnSource), (allowSourceWrites, .sourceTakesWrites),
            (allowUndrained, .mirrorBehind), (allowPartitionMismatch, .partitionCountMismatch), (allowRewind, .rewind),
            (allowUntranslated, .positionUnknown),
        ]
        return Admission(overrides: Set(flags.filter(\.0).map(\.1)), onlySafeGroups: onlySafeGroups)
    }
}

/// Where runs are written down on this machine.
struct JournalPlace: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the runs' journals, instead of failover/ in the user's state directory.", valueName: "folder"), completion: .directory)
    var journalFolder: String?

    var folder: JournalFolder {
        if let journalFolder { return JournalFolder(URL(fileURLWithPath: journalFolder)) }
        let state = ProcessInfo.processInfo.environment["XDG_STATE_HOME"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/state")
        return JournalFolder(state.appendingPathComponent("failover"))
    }
}

/// Where runs are written down.
struct JournalOptions: ParsableArguments {
    @OptionGroup var place: JournalPlace
    @Flag(help: "Also write the journal to a topic on the target ('failover-journal.internal'), so that it outlives this machine.")
    var journalTopic = false

    var folder: JournalFolder { place.folder }
}

/// How a change is agreed to.
struct ConfirmationOptions: ParsableArguments {
    @Flag(name: [.customLong("dry-run"), .customShort("n")], help: "Show what would be done, and change nothing.") var dryRun = false
    @Flag(help: "Do not ask before changing anything.") var yes = false
    @Option(help: ArgumentHelp("With --yes: who has agreed, for the journal.", valueName: "name")) var approvedBy: String?

    @Flag(help: "Do without the lock that keeps two runs for one flow apart.") var allowConcurrentRuns = false

    /// Asks, and returns how it was agreed to.
    func confirm(_ what: String, on target: String) throws -> String {
        guard !yes else { return "--yes" + (approvedBy.map { ", approved by \($0)" } ?? "") }
        guard Console.canPrompt else {
            Console.error("this would \(what) on '\(target)'; without a terminal to ask on, say --yes (or --dry-run)")
            throw ExitStatus.refused
        }
        Console.say("Type the target's alias ('\(target)') to \(what) there:")
        guard readLine(strippingNewline: true) == target else {
            Console.say("Cancelled: nothing was changed.")
            throw ExitStatus.cancelled
        }
        return "typed the target's alias"
    }
}

extension Operator {
    /// Whoever runs this process.
    static var current: Operator {
        Operator(user: NSUserName(), host: ProcessInfo.processInfo.hostName, process: ProcessInfo.processInfo.processIdentifier)
    }
}
