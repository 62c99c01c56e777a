/// There is nothing to translate with.
public struct NothingToPlan: Error, CustomStringConvertible {
    public var flow: String
    public var details: [String]

    public var description: String {
        let why = details.isEmpty ? ["its offset-syncs and checkpoints topics are empty: does its mirror run, and is this the right direction?"] : details
        return (["nothing is left to translate positions of the flow \(flow) with:"] + why.map { "- \($0)" }).joined(separator: "\n  ")
    }
}

/// Groups that were asked for by name and are not known to the flow.
public struct UnknownGroups: Error, CustomStringConvertible {
    public var unknown: [String]
    public var known: [String]
    /// The checkpoints topic.
    public var topic: String
    /// The source's alias, where it was asked too.
    public var source: String?

    package init(unknown: [String], known: [String], topic: String, source: String?) {
        self.unknown = unknown
        self.known = known
        self.topic = topic
        self.source = source
    }

    public var description: String {
        let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
        let groups = unknown.count == 1 ? "group" : "groups"
        let listed = known.isEmpty ? "none is known" : "known: " + known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", ..." : "")
        if let source {
            return """
                \(groups) \(names) committed nothing on '\(source)' for a mirrored partition, and no checkpoint in '\(topic)' names it; \(listed).
                  Check the spelling, and that the group reads topics of this flow; then run it again. Nothing was done \
                for the other groups either.
                """
        }
        return """
            no checkpoint of \(groups) \(names) in '\(topic)'; \(listed).
              A group gets checkpoints once it has committed on a mirrored partition and passes the mirror's 'groups' filter. \
            With the source alive, its own commits can be used instead: leave out --source-lost.
            """
    }
}
