@_exported public import KafkaClient
