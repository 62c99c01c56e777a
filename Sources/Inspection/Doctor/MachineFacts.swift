/// What is seen of a machine, before anything is made of it.
public struct MachineFacts: Sendable {
    /// librdkafka's.
    public var libraryVersion: String
    public var libraryFeatures: [String]
    /// How many files and sockets a process may have open, and how many it may ask for.
    public var openFiles: (soft: UInt64, hard: UInt64)
    public var journal: FolderFacts
    public var temporary: FolderFacts
    /// Milliseconds since the epoch.
    public var now: Int64
    /// Somebody looks at it.
    public var isTerminal: Bool
    /// As `LC_ALL`, `LC_CTYPE` or `LANG` name it.
    public var locale: String?
    /// The folder that counts; `nil` where there is none.
    public var runbookFolder: String?
    public var runbookCount: Int

    public init(
        libraryVersion: String, libraryFeatures: [String], openFiles: (soft: UInt64, hard: UInt64), journal: FolderFacts, temporary: FolderFacts,
        now: Int64, isTerminal: Bool, locale: String?, runbookFolder: String?, runbookCount: Int
    ) {
        self.libraryVersion = libraryVersion
        self.libraryFeatures = libraryFeatures
        self.openFiles = openFiles
        self.journal = journal
        self.temporary = temporary
        self.now = now
        self.isTerminal = isTerminal
        self.locale = locale
        self.runbookFolder = runbookFolder
        self.runbookCount = runbookCount
    }
}
