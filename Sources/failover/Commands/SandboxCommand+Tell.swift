import ArgumentParser
import Foundation
import Sandbox

extension SandboxCommand {
    struct Tell: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tell",
            abstract: "Have a running sandbox do what people and automation do to real estates: stop producers, start a mirror, lose a cluster.",
            discussion: """
                Returns when it is done. To say the same again is no mistake.

                \(SandboxOrder.verbs.map { "\($0.verb)\n    \($0.meaning)" }.joined(separator: "\n"))

                \(ExitStatus.help(of: "sandbox tell"))
                """)

        @Argument(help: ArgumentHelp("What to do, and what that takes.", valueName: "verb")) var words: [String]
        @Option(help: ArgumentHelp("The folder where the sandbox's configuration is, or its socket.", valueName: "path")) var sandbox = "."
        @Option(help: ArgumentHelp("How long it may take.", valueName: "seconds")) var timeout = 120

        func validate() throws {
            guard (1...3600).contains(timeout) else { throw ValidationError("--timeout takes 1 to 3600 seconds.") }
            _ = try order()
        }

        func run() async throws {
            Console.say(try await SandboxDoor(at: sandbox).tell(try order(), within: .seconds(timeout)))
        }

        /// The sandbox has another working directory.
        private func order() throws -> SandboxOrder {
            do {
                let order = try SandboxOrder(words)
                guard case .startMirrorHome(let file) = order else { return order }
                return .startMirrorHome(URL(fileURLWithPath: file).path)
            } catch let error as DemoError {
                throw ValidationError("\(error)")
            }
        }
    }
}
