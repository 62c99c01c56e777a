import OffsetTranslate

extension GroupsDocument {
    /// Of a look at groups, or at some of them.
    public init(_ look: GroupLook, groups: [GroupSituation], withPositions: Bool) {
        let context = look.context
        let survey = FlowSurvey(
            sourceAlias: context.flow.sourceAlias, targetAlias: context.flow.targetAlias, takenAt: context.now, took: .zero, groups: groups, partitions: [])
        self.init(survey, groups: groups.map { GroupDocument($0, withPositions: withPositions) })
    }
}
