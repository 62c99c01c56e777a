# Everything a newcomer needs: `make demo`, `make test`. Both do all set-up.
.PHONY: setup build demo test clean

# The backtracer can hang a crashed test; a plain abort says enough.
export SWIFT_BACKTRACE = enable=no

setup:
	@Scripts/setup

build: setup
	swift build -c release --product failover

demo: build
	@.build/release/failover demo

test: setup
	swift test

clean:
	rm -rf .build
