/// What references mean just now.
struct Scope: ReferenceValues {
    var parameters: [String: Value]
    /// By the steps' ids.
    var found: [String: Found] = [:]

    func value(of reference: Reference) -> Value? {
        reference.scope == "parameters" ? parameters[reference.name] : found[reference.scope]?[reference.name]
    }

    /// The same, with what a look has just found.
    func with(this found: Found) -> Scope {
        var scope = self
        scope.found["this"] = found
        return scope
    }
}
