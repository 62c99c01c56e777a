public import ArgumentParser
public import Cutover

extension DivergenceHandling: ExpressibleByArgument {}
