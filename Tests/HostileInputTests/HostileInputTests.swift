import Foundation
import HostileInput
import Testing

/// A short, repeatable part of what `make fuzz` does.
@Suite struct HostileInputTests {
    /// Mutations of one that is never accepted would never get past the door.
    @Test(arguments: HostileInput.all) func theFirstSeedIsGood(_ input: HostileInput) throws {
        let seeds = try input.seeds()
        let first = try #require(seeds.first)
        #expect(try input.read(first))
        for seed in seeds { #expect(throws: Never.self) { try input.read(seed) } }
        #expect(throws: Never.self) { try input.read(Data()) }
    }

    @Test(arguments: HostileInput.all) func brokenInputKeepsEveryPromise(_ input: HostileInput) throws {
        var mutation = try Mutation(of: input, seed: 7)
        var accepted = 0, tried = 0
        // Some are hardly ever accepted; but once is wanted, as mutations are to reach what is behind the reader.
        while tried < 60 || accepted == 0 && tried < 1000 {
            let data = mutation.next()
            tried += 1
            do { if try input.read(data) { accepted += 1 } } catch { Issue.record("\(error), by \(data.base64EncodedString())") }
        }
        #expect(accepted > 0 && accepted < tried)
    }

    /// What is read in steps that grow with the square of its length, or by calls inside calls, shows in what is long.
    @Test(arguments: HostileInput.all, [8 << 10]) func longInputEnds(_ input: HostileInput, _ length: Int) throws {
        for word in input.words where !word.isEmpty {
            let long = Data(String(repeating: word, count: length / word.utf8.count).utf8)
            for data in [long, try input.seeds()[0] + long] {
                do { try input.read(data) } catch { Issue.record("\(error), by \(word.debugDescription) again and again") }
            }
        }
    }
}
