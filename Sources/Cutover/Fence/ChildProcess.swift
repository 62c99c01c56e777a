package import Foundation
internal import KafkaClient

/// A command, run to its end by itself: no shell, no pipes, no run loop.
///
/// Input and output are files without a name, so that neither side can block the other or be killed by its end
/// (SIGPIPE), however many run at the same time, and what a child leaves running in the background keeps nobody waiting.
package struct ChildProcess: Sendable {
    /// Where its stderr goes.
    package enum Errors: Sendable {
        /// Where this process's goes.
        case inherited
        case dropped
        /// Into ``End/errors``, and to the closure as it comes.
        case kept(@Sendable (Data) -> Void)
    }

    /// How it is ended before its time.
    package enum Termination: Sendable {
        /// Killed once its time is over. A cancelled task still waits: what the child does has to be known.
        case kill
        /// Asked (SIGTERM) once its time is over, or the task is cancelled, and killed after this long, with what it has started.
        case ask(Duration)
    }

    /// A path, or a name that is looked for in PATH.
    package var executable: String
    package var arguments: [String]
    /// Besides this process's own.
    package var environment: [String: String]
    package var timeout: Duration
    package var errors = Errors.inherited
    package var termination = Termination.kill
    /// Who writes more is killed.
    package var outputLimit = 1 << 30

    package init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], timeout: Duration) {
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
        /// What it wrote to stderr, where that was kept.
        package var errors: Data
        /// It was ended because its time was over.
        package var timedOut: Bool
    }

    /// Ends with the child, or ends it.
    ///
    /// - Throws: ``SystemCallError`` where it can't be started.
    package func run(input: Data) async throws -> End {
        let files = (input: try FileHandle.unnamed(input), output: try FileHandle.unnamed(Data()), errors: try FileHandle.unnamed(Data()))
        Self.keepEnds()
        let child = try spawn(stdin: files.input.fileDescriptor, stdout: files.output.fileDescriptor, stderr: files.errors.fileDescriptor)
        let deadline = ContinuousClock.now + timeout
        var status: Int32 = 0, timedOut = false, death: ContinuousClock.Instant?, told = 0
        // The child is ours alone: nobody else waits for it.
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            // Without its status, nobody can say that it has done anything.
            guard ended >= 0 || errno == EINTR else { throw SystemCallError.last }
            guard ended != child else { break }
            let now = ContinuousClock.now
            if now > deadline { timedOut = true }
            if files.output.size > outputLimit || files.errors.size > outputLimit { end(child, with: SIGKILL) }
            if let death, now > death { end(child, with: SIGKILL) }
            if death == nil, timedOut || isCancelled {
                if case .ask(let grace) = termination {
                    death = now + grace
                    end(child, with: SIGTERM)
                } else {
                    death = now
                    end(child, with: SIGKILL)
                }
            }
            tell(files.errors, &told)
            await Self.pause()
        }
        while tell(files.errors, &told, isLast: true) {}
        let signal = status & 0x7F
        return End(
            status: signal == 0 ? (status >> 8) & 0xFF : -signal, output: files.output.bytes(), errors: files.errors.bytes(), timedOut: timedOut)
    }

    /// Whoever started this process may have had it ignore SIGCHLD, and then the kernel forgets how children ended.
    private static func keepEnds() {
        var action = sigaction()
        guard sigaction(SIGCHLD, nil, &action) == 0, unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1 else { return }
        signal(SIGCHLD, SIG_DFL)
    }

    private var isCancelled: Bool { if case .ask = termination { Task.isCancelled } else { false } }

    /// With what it has started, where it leads a group of its own.
    private func end(_ child: pid_t, with signal: Int32) {
        if case .ask = termination { kill(-child, signal) } else { kill(child, signal) }
    }

    /// What came since, in whole lines, so that nobody has to put them together. Lines without an end come in pieces of 1 MiB.
    ///
    /// - Returns: Whether there was anything.
    @discardableResult
    private func tell(_ file: FileHandle, _ told: inout Int, isLast: Bool = false) -> Bool {
        guard case .kept(let take) = errors else { return false }
        var news = file.bytes(from: told, atMost: 1 << 20)
        guard !news.isEmpty else { return false }
        if let end = news.lastIndex(of: 0x0A) { news = news[...end] } else if !isLast, news.count < 1 << 20 { return false }
        told += news.count
        take(news)
        return true
    }

    /// A moment, also where the task is cancelled.
    private static func pause() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(10)) { continuation.resume() }
        }
    }

    private func spawn(stdin: Int32, stdout: Int32, stderr: Int32) throws -> pid_t {
        // All are made and destroyed here.
        var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t(), signals = sigset_t(), none = sigset_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, stdin, 0)
        posix_spawn_file_actions_adddup2(&actions, stdout, 1)
        switch errors {
        case .inherited: break
        case .dropped: posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        case .kept: posix_spawn_file_actions_adddup2(&actions, stderr, 2)
        }
        // What this process ignores, because it has handlers of its own, the child shall not.
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // The threads of Dispatch hold nearly all signals back. A service that began like that could not be told to stop any more.
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var flags = Int32(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
        if case .ask = termination { flags |= Int32(POSIX_SPAWN_SETPGROUP) }
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Owned here until the child has its copies.
        let argv = ([executable] + arguments).map { strdup($0) } + [nil]
        let envp = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let error = posix_spawnp(&child, executable, &actions, &attributes, argv, envp)
        guard error == 0 else { throw SystemCallError(number: error) }
        return child
    }
}

extension FileHandle {
    /// Without moving in it; 0 where that can't be told.
    fileprivate var size: Int {
        var status = stat()
        return fstat(fileDescriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// As much as there is by now, without moving in it: what the child left in the background may still write.
    fileprivate func bytes(from start: Int = 0, atMost most: Int = .max) -> Data {
        var data = Data(count: min(max(0, size - start), most)), filled = 0
        while filled < data.count {
            let count = data.withUnsafeMutableBytes { pread(fileDescriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled, off_t(start + filled)) }
            guard count > 0 || count < 0 && errno == EINTR else { break }
            filled += max(0, count)
        }
        return data.prefix(filled)
    }

    /// A file that nobody else can open, in memory where there is such a place, to be read from its start.
    package static func unnamed(_ data: Data) throws -> FileHandle {
        let folder = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let path = folder + "/failover-\(UUID().uuidString)"
        let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemCallError.last }
        unlink(path)
        let handle = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.seek(toOffset: 0)
        return handle
    }
}
