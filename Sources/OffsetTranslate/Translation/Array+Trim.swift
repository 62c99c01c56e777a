extension Array {
    /// Gives back the room that growing has left over, where it is more than an eighth.
    mutating func trim() {
        guard capacity - count > count / 8 else { return }
        var tight: [Element] = []
        tight.reserveCapacity(count)
        tight += self
        self = tight
    }
}
