public import OffsetTranslate

/// How a mirror process stands, by the events it has told so far: which tasks are its, and which of its partitions it does not mirror on.
public struct MirrorSituation: Sendable, Hashable {
    public private(set) var tasks: [Int] = []
    /// Into how many the flow is divided; `nil` until this process has been told its tasks.
    public private(set) var taskCount: Int?
    public private(set) var isStandingBy = false
    /// Why each of them is not mirrored on. Those of a task that is another process's now are its.
    public private(set) var halted: [TopicPartition: String] = [:]

    public init() {}

    public mutating func note(_ event: MirrorEvent) {
        switch event {
        case .tasksAssigned(let numbers, let count): take(numbers, of: count)
        case .standingBy(let count): take([], of: count)
        case .tasksRevoked: take([], of: nil)
        case .partitionStarted(let partition, _, _, _): halted[partition] = nil
        case .partitionHalted(let partition, let halt): halted[partition] = halt.description
        default: break
        }
    }

    private mutating func take(_ numbers: [Int], of count: Int?) {
        tasks = numbers
        taskCount = count ?? taskCount
        isStandingBy = numbers.isEmpty && count != nil
        halted = [:]
    }
}
