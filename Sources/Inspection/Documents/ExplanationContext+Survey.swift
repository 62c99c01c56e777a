public import OffsetTranslate

extension ExplanationContext {
    /// Explains the positions of a survey.
    public init(_ survey: FlowSurvey, flow: ReplicationFlow, configuration: FlowConfiguration) {
        self.init(
            flow: flow, configuration: configuration, isSourceLost: !survey.isSourceKnown,
            newestCheckpoint: survey.groups.compactMap(\.newestCheckpoint).max(), now: survey.takenAt)
    }
}
