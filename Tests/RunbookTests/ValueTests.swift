import Runbooks
import Testing

@Suite struct ValueTests {
    @Test func valuesHaveTypes() { #expect(Value.integer(3).type == .number) }
}
