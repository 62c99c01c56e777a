/// The configuration of one connector, as a file has it.
struct ConnectorDocument {
    /// What messages call it.
    var name: String
    /// Nil where the file does not say which connector it is for.
    var connector: MirrorConnector?
    var settings: Settings
    var location: ConfigurationLocation
    /// The class of a connector that is not MirrorMaker's.
    var foreignClass: String?

    init(name: String?, settings: Settings, location: ConfigurationLocation) {
        let className = settings["connector.class"]
        self.name = name ?? settings["name"]?.text ?? location.file
        self.settings = settings
        self.location = location
        connector = className.flatMap { MirrorConnector(className: $0.text) }
        foreignClass = connector == nil ? className?.text : nil
    }

    var sourceAlias: String? { settings[MirrorKey.sourceAlias.rawValue]?.text }
    var targetAlias: String { settings[MirrorKey.targetAlias.rawValue]?.text ?? MirrorKey.targetAlias.defaultText }
}

extension ConnectorDocument {
    /// The connectors in a JSON text: `{"name": ..., "config": {...}}` as Connect's REST API takes and gives it, the
    /// bare `config` object, `GET /connectors?expand=info`, or an array of any of these.
    static func all(
        in json: JSONText, file: String, warnings: inout [ConfigurationWarning]
    ) throws(ConfigurationError) -> [ConnectorDocument] {
        let found = try collect(json, name: nil, file: file, depth: 0, &warnings)
        guard found.isEmpty else { return found }
        throw ConfigurationError(
            .malformed, at: .init(file: file, line: json.line), "there is no connector configuration in this JSON",
            remedy: "Give {\"name\": ..., \"config\": {...}} or the config object itself")
    }

    private static func collect(
        _ json: JSONText, name: String?, file: String, depth: Int, _ warnings: inout [ConfigurationWarning]
    ) throws(ConfigurationError) -> [ConnectorDocument] {
        var found: [ConnectorDocument] = []
        switch json.value {
        case .array(let elements):
            for element in elements { found += try collect(element, name: nil, file: file, depth: depth + 1, &warnings) }
        case .object(let members):
            if let config = json["config"], let settings = config.members {
                found.append(try document(settings, name: text(json["name"]) ?? name, file, config.line, &warnings))
            } else if let info = json["info"], info.members != nil {
                found += try collect(info, name: name, file: file, depth: depth + 1, &warnings)
            } else if isConfig(members) {
                found.append(try document(members, name: text(json["name"]), file, json.line, &warnings))
            } else if depth < 2 {
                for member in members where member.value.members != nil {
                    found += try collect(member.value, name: member.key, file: file, depth: depth + 1, &warnings)
                }
            }
        case .string, .literal, .null: break
        }
        return found
    }

    /// A bare map holds a key of Connect or MirrorMaker; anything else may be any JSON at all.
    private static func isConfig(_ members: [JSONText.Member]) -> Bool {
        members.contains { member in
            guard member.value.members == nil else { return false }
            return member.key == "connector.class" || member.key.hasPrefix("source.cluster.")
                || member.key.hasPrefix("target.cluster.")
        }
    }

    private static func text(_ json: JSONText?) -> String? {
        if case .string(let text) = json?.value { text } else { nil }
    }

    private static func document(
        _ members: [JSONText.Member], name: String?, _ file: String, _ line: Int,
        _ warnings: inout [ConfigurationWarning]
    ) throws(ConfigurationError) -> ConnectorDocument {
        var settings = Settings()
        for member in members {
            let location = ConfigurationLocation(file: file, line: member.line)
            let value: String
            switch member.value.value {
            case .string(let text), .literal(let text): value = text
            case .null:
                warnings.append(.init(.warning, key: member.key, at: location, "null counts as not set"))
                continue
            case .object, .array:
                throw ConfigurationError(
                    .malformed, at: location, key: member.key, "the value is not a string",
                    remedy: "Connect takes strings only; write lists as one string with commas")
            }
            if let first = settings[member.key] {
                let lines = [first.location?.line, member.line].compactMap { $0.map(String.init) }
                warnings.append(
                    .init(.warning, key: member.key, at: location,
                          "set more than once, on lines \(lines.joined(separator: " and ")); the last one counts"))
            }
            settings[member.key] = Setting(value: value, key: member.key, location: location)
        }
        return ConnectorDocument(name: name, settings: settings, location: .init(file: file, line: line))
    }
}
