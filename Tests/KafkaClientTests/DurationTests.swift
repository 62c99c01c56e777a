import KafkaClient
import Testing

@Suite struct DurationTests {
    /// Shown to people as it is: 3.47 and not 3.4699999999999998.
    @Test(arguments: [0, 1, 470, 3_470, 16_005, 120_999, 86_400_001]) func secondsAreWholeMilliseconds(_ milliseconds: Int) {
        #expect("\(Duration.milliseconds(milliseconds).seconds)" == "\(Double(milliseconds) / 1000)")
    }
}
