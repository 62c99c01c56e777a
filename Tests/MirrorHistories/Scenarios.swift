import TestSupport
extension Scenario {
    package static func random(seed: UInt64) -> Scenario {
        var generator = SeededGenerator(seed: seed)
        let emission: Emission =
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4: .strict(lag: .random(in: 2...12, using: &generator))
            case 4..<8: .mirrorMaker(lag: .random(in: 0...12, using: &generator))
            default: .adversarial
            }
        let loss: UInt64 = [0, 0, 20, 60].randomElement(using: &generator) ?? 0
        // Each history has only some of the troubles: all at once would hide what each does.
        let troubles = Set((0..<9).filter { _ in Int.random(in: 0..<3, using: &generator) == 0 })
        var steps: [Step] = [.produce(.random(in: 1...10, using: &generator))]
        for _ in 0..<Int.random(in: 3...25, using: &generator) {
            steps.append(step(troubles, using: &generator))
        }
        // Dying again before having caught up is where records get skipped.
        if troubles.contains(4), Bool.random(using: &generator) {
            steps.append(.crash(unsynced: .random(in: 0...6, using: &generator), back: .random(in: 2...20, using: &generator)))
            steps.append(.copy(.random(in: 1...4, using: &generator)))
        }
        if troubles.contains(6), Bool.random(using: &generator) {
            steps.append(.truncateTarget(keep: .random(in: 1...40, using: &generator), back: .random(in: 2...30, using: &generator)))
            steps.append(.copy(.random(in: 1...4, using: &generator)))
        }
        return Scenario(seed: seed, emission: emission, loss: loss, steps: steps)
    }

    private static func step(_ troubles: Set<Int>, using generator: inout SeededGenerator) -> Step {
        let small = Int.random(in: 1...4, using: &generator)
        let salt = UInt64.random(in: 0...1000, using: &generator)
        switch Int.random(in: 0..<22, using: &generator) {
        case 0 where troubles.contains(0): return .hole(small)
        case 1 where troubles.contains(0): return .hole(1)
        case 2 where troubles.contains(1): return .compactSource(salt)
        case 3 where troubles.contains(2): return .control(1)
        case 4 where troubles.contains(2): return .control(1)
        case 5 where troubles.contains(3): return .foreign(small * 2)
        case 6 where troubles.contains(4), 7 where troubles.contains(4):
            return .crash(unsynced: .random(in: 0...6, using: &generator), back: .random(in: 0...12, using: &generator))
        case 8 where troubles.contains(5): return .recreateSource
        case 9 where troubles.contains(6):
            let keep = Bool.random(using: &generator) ? 0 : Int64.random(in: 0...40, using: &generator)
            return .truncateTarget(keep: keep, back: Bool.random(using: &generator) ? 0 : 20)
        case 10 where troubles.contains(7): return .expireTarget(small * 2)
        case 11 where troubles.contains(8): return .compactTarget(salt)
        case 12, 13: return .flush
        case 14, 15, 16: return .produce(.random(in: 1...8, using: &generator))
        default: return .copy(.random(in: 1...10, using: &generator))
        }
    }

    /// The same with the mirror given the time to copy everything.
    package var drained: Scenario {
        var scenario = self
        scenario.steps.append(.copy(.max))
        return scenario
    }

    /// The smallest scenario found that still fails.
    package func shrunk(while fails: (Scenario) async throws -> Bool) async rethrows -> Scenario {
        var best = self
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            for candidate in best.smaller where try await fails(candidate) {
                best = candidate
                isSmaller = true
                break
            }
        }
        return best
    }

    private var smaller: [Scenario] {
        var all: [Scenario] = []
        var length = steps.count / 2
        while length > 0 {
            for start in stride(from: 0, to: steps.count, by: length) {
                var candidate = self
                candidate.steps.removeSubrange(start..<min(steps.count, start + length))
                all.append(candidate)
            }
            length /= 2
        }
        for index in steps.indices {
            for step in steps[index].smaller {
                var candidate = self
                candidate.steps[index] = step
                all.append(candidate)
            }
        }
        return all
    }
}

extension Step {
    fileprivate var smaller: [Step] {
        func lesser(_ count: Int) -> [Int] { count > 1 ? [count / 2, count - 1] : [] }
        return switch self {
        case .produce(let count): lesser(count).map(Step.produce)
        case .hole(let count): lesser(count).map(Step.hole)
        case .copy(let count): lesser(count).map(Step.copy)
        case .control(let count): lesser(count).map(Step.control)
        case .foreign(let count): lesser(count).map(Step.foreign)
        case .expireTarget(let count): lesser(count).map(Step.expireTarget)
        case .crash(let unsynced, let back):
            lesser(unsynced).map { .crash(unsynced: $0, back: back) } + lesser(back).map { .crash(unsynced: unsynced, back: $0) }
        case .truncateTarget(let keep, let back):
            (keep > 0 ? [.truncateTarget(keep: keep - 1, back: back)] : [])
                + lesser(back).map { .truncateTarget(keep: keep, back: $0) }
        case .compactSource, .compactTarget, .flush, .recreateSource: []
        }
    }
}
