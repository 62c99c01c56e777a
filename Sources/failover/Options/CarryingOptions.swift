import ArgumentParser
import Cutover

/// How a plan is carried out, whoever made it.
struct CarryingOptions: ParsableArguments {
    @OptionGroup(title: "Accepted hazards") var admitting: AdmissionOptions
    @OptionGroup(title: "Fence") var fencing: FenceOptions
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var journaling: JournalOptions
    @Option(help: ArgumentHelp("Where to write this run's journal; a file that does not exist yet.", valueName: "file"), completion: .file()) var journal: String?
    @Option(name: .customLong("run"), help: ArgumentHelp("The run's name, instead of one that is made up: for programs that have to find it again after a crash.", valueName: "name"))
    var runName: String?
    @Option(help: "text or json.") var output = OutputFormat.text

    func validate() throws {
        if journal != nil, runName != nil { throw ValidationError("--journal FILE is for one run already; leave out --run.") }
        guard let runName else { return }
        guard RunID(named: runName) != nil else { throw ValidationError("--run takes up to 64 letters, digits and hyphens, not '\(runName)'.") }
    }

    /// - Parameter isFresh: The plan was made by this very command.
    func carrying(_ plan: CutoverPlan, _ ground: PlanGround, isFresh: Bool) throws -> Carrying {
        Carrying(
            plan: plan, admission: admitting.admission, confirmation: confirmation, journaling: journaling, journal: journal,
            runName: runName.flatMap(RunID.init(named:)), output: output, isFresh: isFresh, ground: ground, fence: try fencing.fence(on: ground.source), fenceTime: .seconds(fencing.fenceTime))
    }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
