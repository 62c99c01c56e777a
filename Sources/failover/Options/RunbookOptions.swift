import ArgumentParser
import Cutover
import Foundation
import Runbooks

/// Where runbooks are found.
struct RunbookPlaces: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of runbooks, instead of $FAILOVER_RUNBOOKS, ./runbooks, or those that were installed.", valueName: "folder"), completion: .directory)
    var folder: String?

    /// Folders that exist, the first of which counts.
    var folders: [URL] {
        if let folder { return [URL(fileURLWithPath: folder)] }
        let installed = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("share/failover/runbooks")
        let named = ProcessInfo.processInfo.environment["FAILOVER_RUNBOOKS"].map { URL(fileURLWithPath: $0) }
        return ([named, URL(fileURLWithPath: "runbooks"), installed].compactMap { $0 }).filter { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// Names and files, of the first folder that has any.
    var all: [(name: String, file: URL)] {
        for folder in folders {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
            let found = names.sorted().map { (name: ($0 as NSString).deletingPathExtension, file: folder.appendingPathComponent($0)) }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// A runbook by its file, or by its name in the folder.
    ///
    /// - Throws: ``RunbookNotFound``, ``RunbookUnreadable``.
    func read(_ name: String) throws -> (runbook: Runbook, text: RunbookText) {
        let path: String
        if FileManager.default.fileExists(atPath: name) { path = name } else {
            guard let found = all.first(where: { $0.name == name }) else {
                throw RunbookNotFound(name: name, folders: folders.map(\.path), names: all.map(\.name))
            }
            path = found.file.path
        }
        let text = try Self.text(of: path)
        return (try Runbook(text, file: path), RunbookText(path: path, text: text))
    }

    static func text(of path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw ValidationError("'\(path)' can't be read.") }
        guard let text = String(data: data, encoding: .utf8) else { throw ValidationError("'\(path)' is not UTF-8 text.") }
        return text
    }
}

struct RunbookNotFound: Error, CustomStringConvertible {
    var name: String
    var folders: [String]
    var names: [String]

    var description: String {
        "there is no runbook '\(name)'" + (names.isEmpty
            ? (folders.isEmpty ? ": name its file, or a folder with --folder" : " in \(folders.joined(separator: ", "))")
            : "; there are \(names.joined(separator: ", "))")
    }
}

/// What a runbook is given.
struct RunbookParameters: ParsableArguments {
    @Option(help: ArgumentHelp("Give a parameter its value; of a list as often as it has items. Of a secret, ${env:NAME} or ${file:PATH}. Repeatable.", valueName: "name=value"))
    var set: [String] = []
    @Option(help: ArgumentHelp("Take parameters from this file, YAML or JSON; --set goes before.", valueName: "file"), completion: .file()) var parameters: String?

    var texts: ParameterTexts {
        get throws {
            var texts = ParameterTexts()
            if let parameters { try texts.add(file: try RunbookPlaces.text(of: parameters), name: parameters) }
            try texts.add(settings: set)
            return texts
        }
    }

    /// Those that were given, and defaults: for reading.
    func known(for runbook: Runbook) throws -> [String: Value] { try texts.values(of: runbook, allowingMissing: true) }

    /// - Throws: ``ParameterErrors``, also for a file that is not there.
    func values(for runbook: Runbook) throws -> [String: Value] {
        var values = try texts.values(of: runbook)
        let missing = runbook.parameters.compactMap { parameter -> ParameterError? in
            guard parameter.kind == .file, case .text(let path)? = values[parameter.name], !FileManager.default.fileExists(atPath: path) else { return nil }
            return ParameterError(name: parameter.name, problem: "names the file '\(path)', which does not exist")
        }
        guard missing.isEmpty else { throw ParameterErrors(errors: missing) }
        // A run may be resumed from anywhere.
        for parameter in runbook.parameters where parameter.kind == .file {
            guard case .text(let path)? = values[parameter.name], !path.isEmpty else { continue }
            values[parameter.name] = .text(URL(fileURLWithPath: path).path)
        }
        return values
    }
}

/// Answers that are given beforehand.
struct AnswerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Take answers from this file instead of asking: docs/runbooks.md. What it does not answer is asked.", valueName: "file"), completion: .file())
    var answers: String?

    func answers(for runbook: Runbook) throws -> Answers {
        guard let answers else { return Answers() }
        return try Answers(try RunbookPlaces.text(of: answers), file: answers, for: runbook)
    }
}
