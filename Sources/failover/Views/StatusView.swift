import Inspection
import KafkaClient

/// A flow's readiness for people.
struct StatusView {
    var survey: FlowSurvey

    var text: String {
        let head = "\(survey.sourceAlias) -> \(survey.targetAlias): "
            + CheckView.words(survey.readiness.verdict, "for a failover") + ", as of \(instant(survey.takenAt)) (a look of \(seconds) s)"
        return ([head, ""] + survey.readiness.checks.flatMap(CheckView.lines)).joined(separator: "\n")
    }

    private var seconds: String { "\((Double(survey.took.milliseconds) / 100).rounded() / 10)" }
}
