extension RandomAccessCollection where Index == Int {
    /// The first index whose element satisfies a predicate that no element before one satisfying it satisfies.
    package func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The same, sooner found the nearer the guess is; it may be any number.
    func partitioningIndex(near guess: Double, where predicate: (Element) -> Bool) -> Int {
        if isEmpty { return startIndex }
        let guess = startIndex + Int(Swift.min(Swift.max(guess, 0), Double(count - 1)))
        var low = startIndex, high = endIndex, step = 1
        if predicate(self[guess]) {
            high = guess
            while high - low > step, predicate(self[high - step]) {
                high -= step
                step *= 2
            }
            low = Swift.max(low, high - step)
        } else {
            low = guess + 1
            while high - low > step, !predicate(self[low + step]) {
                low += step + 1
                step *= 2
            }
            high = Swift.min(high, low + step)
        }
        return self[low..<high].partitioningIndex(where: predicate)
    }
}
