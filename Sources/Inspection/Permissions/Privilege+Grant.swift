internal import Foundation
import KafkaClient
import OffsetTranslate

extension Privilege {
    /// The `kafka-acls` command that gives it, after the address: words, not quoted.
    ///
    /// Filters are regular expressions, and access rules are not: a filter that rules can't say becomes all names.
    func grant(to principal: String, _ flow: ReplicationFlow, _ configuration: FlowConfiguration) -> [[String]] {
        patterns(flow, configuration).map { option, name, isPrefix in
            ["--add", "--allow-principal", principal, "--operation", operation.kafkaName, option] + (name.map { [$0] } ?? [])
                + (isPrefix ? ["--resource-pattern-type", "prefixed"] : [])
        }
    }

    private func patterns(_ flow: ReplicationFlow, _ configuration: FlowConfiguration) -> [(option: String, name: String?, isPrefix: Bool)] {
        switch resource {
        case .originals: return configuration.topics.rulePatterns.map { ("--topic", $0.name, $0.isPrefix) }
        case .copies:
            return configuration.topics.rulePatterns.map { pattern in
                let copy = pattern.name == "*" ? nil : flow.target(of: TopicPartition(topic: pattern.name, partition: 0)).topic
                if let copy { return ("--topic", copy, pattern.isPrefix) }
                // What all copies' names begin with.
                let begin = flow.target(of: TopicPartition(topic: "x", partition: 0)).topic
                return begin.hasSuffix("x") && begin != "x" ? ("--topic", String(begin.dropLast()), true) : ("--topic", "*", false)
            }
        case .topic(let name): return [("--topic", name, false)]
        case .groups: return configuration.groups.rulePatterns.map { ("--group", $0.name, $0.isPrefix) }
        case .group(let name): return [("--group", name, false)]
        case .groupsPrefixed(let prefix): return [("--group", prefix, true)]
        case .transactionsPrefixed(let prefix): return [("--transactional-id", prefix, true)]
        case .cluster: return [("--cluster", nil, false)]
        }
    }
}

extension NameFilter {
    /// As access rules can say them: names, and beginnings of names; all names, where an expression is neither.
    fileprivate var rulePatterns: [(name: String, isPrefix: Bool)] {
        let patterns = include.map { expression -> (name: String, isPrefix: Bool)? in
            let isPrefix = expression.hasSuffix(".*"), stem = isPrefix ? String(expression.dropLast(2)) : expression
            let name = stem.replacing("\\.", with: ".").replacing("\\-", with: "-")
            // A dot that is not escaped is hardly ever meant for anything but itself.
            let isLiteral = name.allSatisfy { $0.isLetter || $0.isNumber || ".-_".contains($0) }
            return isLiteral && !name.isEmpty ? (name, isPrefix) : nil
        }
        return patterns.contains { $0 == nil } ? [("*", false)] : patterns.compactMap { $0 }
    }
}

extension AccessRule.Operation {
    /// As `kafka-acls` takes it.
    fileprivate var kafkaName: String { rawValue.split(separator: "_").map(\.capitalized).joined() }
}
