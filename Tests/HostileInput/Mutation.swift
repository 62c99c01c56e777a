public import Foundation
import TestSupport

/// Makes broken inputs of good ones, the same for the same seed.
public struct Mutation: Sendable {
    private var random: SeededGenerator
    private let seeds: [Data]
    private let words: [Data]

    public init(of input: HostileInput, seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        seeds = try input.seeds()
        words = input.words.map { Data($0.utf8) }
    }

    /// One to four changes to one of the seeds.
    public mutating func next() -> Data {
        var data = Array(seeds.randomElement(using: &random) ?? Data())
        for _ in 0..<Int.random(in: 1...4, using: &random) { change(&data) }
        return Data(data)
    }

    private mutating func change(_ data: inout [UInt8]) {
        let place = Int.random(in: 0...data.count, using: &random), end = min(data.count, place + Int.random(in: 0...32, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where place < data.count: data[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where place < data.count: data[place] = .random(in: 0...255, using: &random)
        case 2: data.removeSubrange(place..<end)
        case 3: data.insert(contentsOf: data[place..<end], at: place)
        case 4: data.removeSubrange(place...)
        case 5:
            let other = Array(seeds.randomElement(using: &random) ?? Data())
            data.replaceSubrange(place..., with: other[min(place, other.count)...])
        case 6: data.replaceSubrange(place..<end, with: words.randomElement(using: &random) ?? Data())
        default: data.insert(contentsOf: words.randomElement(using: &random) ?? Data(), at: place)
        }
    }
}
