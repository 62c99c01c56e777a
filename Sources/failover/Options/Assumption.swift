public import ArgumentParser
public import OffsetTranslate

extension Assumption: ExpressibleByArgument {}
