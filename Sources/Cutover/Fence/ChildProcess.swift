package import Foundation
internal import KafkaClient

/// A command, run to its end by itself: no shell, no pipes, no run loop.
///
/// Input and output are files without a name, so that neither side can block the other or be killed by its end
/// (SIGPIPE), however many run at the same time.
package struct ChildProcess: Sendable {
    package var executable: String
    package var arguments: [String]
    /// Besides this process's own.
    package var environment: [String: String]
    package var timeout: Duration
    /// What it writes to stderr is dropped; else it goes where this process's goes.
    package var isSilent: Bool

    package init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], timeout: Duration, isSilent: Bool = false
    ) {
        self.isSilent = isSilent
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
    }

    package struct End: Sendable {
        /// The exit status; minus the signal, where one ended it.
        package var status: Int32
        /// What it wrote to stdout.
        package var output: Data
        /// It was killed because its time was over.
        package var timedOut: Bool
    }

    /// Ends with the child, or kills it once the time is over. A cancelled task still waits: what the child does has to be known.
    ///
    /// - Throws: ``SystemCallError`` where it can't be started.
    package func run(input: Data) async throws -> End {
        let files = (input: try FileHandle.unnamed(input), output: try FileHandle.unnamed(Data()))
        let child = try spawn(stdin: files.input.fileDescriptor, stdout: files.output.fileDescriptor)
        let deadline = ContinuousClock.now + timeout
        var status: Int32 = 0, timedOut = false
        // The child is ours alone: nobody else waits for it.
        while waitpid(child, &status, WNOHANG) == 0 {
            if !timedOut, ContinuousClock.now > deadline {
                timedOut = true
                kill(child, SIGKILL)
            }
            await Self.pause()
        }
        try files.output.seek(toOffset: 0)
        let signal = status & 0x7F
        return End(
            status: signal == 0 ? (status >> 8) & 0xFF : -signal, output: try files.output.readToEnd() ?? Data(), timedOut: timedOut)
    }

    /// A moment, also where the task is cancelled.
    private static func pause() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(10)) { continuation.resume() }
        }
    }

    private func spawn(stdin: Int32, stdout: Int32) throws -> pid_t {
        // Both are made and destroyed here.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin, 0)
        posix_spawn_file_actions_adddup2(&actions, stdout, 1)
        if isSilent { posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) }
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Owned here until the child has its copies.
        let argv = ([executable] + arguments).map { strdup($0) } + [nil]
        let envp = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let error = posix_spawn(&child, executable, &actions, nil, argv, envp)
        guard error == 0 else { throw SystemCallError(number: error) }
        return child
    }
}

extension FileHandle {
    /// A file that nobody else can open, in memory where there is such a place, to be read from its start.
    fileprivate static func unnamed(_ data: Data) throws -> FileHandle {
        let folder = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let path = folder + "/failover-\(UUID().uuidString)"
        let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemCallError.last }
        unlink(path)
        let handle = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.seek(toOffset: 0)
        return handle
    }
}
