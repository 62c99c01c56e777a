import Inspection

/// What `failover doctor` found. docs/json.md describes it; members without a value are missing.
struct DoctorDocument: Encodable {
    let formatVersion = 1
    let build: Build
    var source: String?
    var target: String?
    private(set) var verdict = CheckStatus.pass
    private(set) var checks: [DoctorCheck] = [] {
        didSet { verdict = checks.verdict() }
    }

    private let machine: MachineFacts
    private enum CodingKeys: CodingKey { case formatVersion, build, source, target, verdict, checks }

    init(build: Build, _ machine: MachineFacts) {
        self.build = build
        self.machine = machine
        checks = MachineJudge(machine).checks
        verdict = checks.verdict()
    }

    mutating func add(_ configuration: ConfigurationFacts) { checks.append(configuration.check) }

    mutating func add(source: ClusterFacts, target: ClusterFacts) {
        (self.source, self.target) = (source.alias, target.alias)
        // With the brokers known, what the machine has to give is known better.
        let brokers = [source, target].compactMap(\.brokerCount).max()
        checks.replaceSubrange(0..<MachineJudge(machine).checks.count, with: MachineJudge(machine, brokers: brokers).checks)
        checks += [source, target].flatMap { ClusterJudge($0, now: machine.now).checks } + [distinctClusters(source, target)]
    }

    var text: String {
        let flow = source.map { ", and \($0) -> \(target ?? ""), are " } ?? " is "
        let head = "This machine (failover \(build.version), \(build.platform))" + flow + CheckView.words(verdict, "to run a failover from")
        return ([head, ""] + checks.flatMap(CheckView.lines)).joined(separator: "\n")
    }
}
