internal import CRdkafka

/// librdkafka 2.0.2 numbers all of these as Kafka's protocol does (`ResourceType`, `PatternType`, `AclOperation`,
/// `AclPermissionType`), with 1 for "any" in a filter.
private let resourceTypes: [AccessRule.ResourceType: UInt32] = [.topic: 2, .group: 3, .cluster: 4]
private let patternTypes: [AccessRule.PatternType: UInt32] = [.literal: 3, .prefixed: 4]
private let operations: [AccessRule.Operation: UInt32] = [
    .all: 2, .read: 3, .write: 4, .create: 5, .delete: 6, .alter: 7, .describe: 8, .clusterAction: 9, .describeConfigs: 10,
    .alterConfigs: 11, .idempotentWrite: 12,
]
private let permissions: [AccessRule.Permission: UInt32] = [.deny: 2, .allow: 3]

extension AccessRule {
    /// Copies a binding that somebody else owns.
    init(_ binding: OpaquePointer) {
        func name<Value>(_ number: UInt32, _ names: [Value: UInt32], _ unknown: Value) -> Value {
            names.first { $0.value == number }?.key ?? unknown
        }
        func text(_ string: UnsafePointer<CChar>?) -> String { string.map { String(cString: $0) } ?? "" }
        self.init(
            name(rd_kafka_AclBinding_permission_type(binding).rawValue, permissions, .unknown),
            name(rd_kafka_AclBinding_operation(binding).rawValue, operations, .unknown),
            on: name(rd_kafka_AclBinding_restype(binding).rawValue, resourceTypes, .unknown),
            named: text(rd_kafka_AclBinding_name(binding)),
            patternType: name(rd_kafka_AclBinding_resource_pattern_type(binding).rawValue, patternTypes, .unknown),
            to: text(rd_kafka_AclBinding_principal(binding)), from: text(rd_kafka_AclBinding_host(binding)))
    }

    /// A binding for a request, which the caller destroys; `nil` with librdkafka's words in `text` where it takes none such.
    func binding(_ text: inout [CChar]) -> OpaquePointer? {
        rd_kafka_AclBinding_new(
            rd_kafka_ResourceType_t(resourceTypes[resourceType] ?? 0), name,
            rd_kafka_ResourcePatternType_t(patternTypes[patternType] ?? 0), principal, host,
            rd_kafka_AclOperation_t(operations[operation] ?? 0), rd_kafka_AclPermissionType_t(permissions[permission] ?? 0),
            &text, text.count)
    }
}

extension AccessRuleFilter {
    /// As ``AccessRule/binding(_:)``.
    func binding(_ text: inout [CChar]) -> OpaquePointer? {
        func number<Value>(_ value: Value?, _ numbers: [Value: UInt32]) -> UInt32 { value.map { numbers[$0] ?? 0 } ?? 1 }
        return rd_kafka_AclBindingFilter_new(
            rd_kafka_ResourceType_t(number(resourceType, resourceTypes)), name,
            rd_kafka_ResourcePatternType_t(number(patternType, patternTypes)), principal, host,
            rd_kafka_AclOperation_t(number(operation, operations)),
            rd_kafka_AclPermissionType_t(number(permission, permissions)), &text, text.count)
    }
}
