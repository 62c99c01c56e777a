# Everything a newcomer needs: `make demo`, `make test`. Both do all set-up.
.PHONY: setup build debug demo test fuzz sanitize runbooks page bench soak leaks crash completions man install uninstall release clean

# The backtracer can hang a crashed test; a plain abort says enough.
export SWIFT_BACKTRACE = enable=no

setup:
	@Scripts/setup

# Without the toolchain's own libraries, where that can be done: what is installed runs where there is no Swift.
STATIC = $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)

build:
	@Scripts/setup static
	swift build -c release $(STATIC) --product failover

# The build that `make test` goes on with; an optimised one takes minutes, and shows nothing more.
debug: setup
	swift build --product failover

demo: debug
	@.build/debug/failover demo

# At most eight tests at a time: all at once, those with brokers and processes starve beside those that only count.
test: setup
	swift test --experimental-maximum-parallelization-width 8

# What is read that others have written, mutated for FUZZ_SECONDS (60) for each of 17 inputs: CONTRIBUTING.md.
fuzz: setup
	Scripts/fuzz

# The tests under the address sanitizer, then under the thread sanitizer; an hour on two cores.
sanitize: setup
	Scripts/sanitize address
	Scripts/sanitize thread

# Every shipped runbook to its end on sandboxes, one killed at each step; five to twelve minutes, which 'make test' leaves out.
runbooks: setup
	FAILOVER_RUNBOOKS=1 swift test --no-parallel --filter 'ShippedRunbookTests|RunbookKillTests|SandboxTellTests'

# The status page in headless Chromium, which is installed where it is missing; 'make test' skips this without it.
page:
	@Scripts/setup chromium
	swift test --filter PageTests

# What the translation engine does a second, and what it weighs; what many groups' offsets take. Next to baselines in the same
# run: docs/performance.md.
bench: setup
	swift build -c release --package-path Benchmarks --scratch-path .build-bench --product translation
	.build-bench/release/translation
	.build-bench/release/translation groups
	.build-bench/release/translation cutover
	.build-bench/release/translation look
	.build-bench/release/translation serve
	.build-bench/release/translation mirror --exactly-once

# Ten minutes of 'failover mirror' and 'failover serve' while brokers go down, lose leaderships and refuse: memory and descriptors stay.
soak: build
	swift build -c release --package-path Benchmarks --scratch-path .build-bench --product translation
	.build-bench/release/translation soak --minutes 10

# The mirror killed 200 times in each of its ways to deliver; a quarter of an hour. `make test` does a few.
crash: setup
	FAILOVER_CRASHES=200 swift test --filter MirrorCrashTests

# What completions and manual pages are made with: 'make completions COMMAND=.build/release/failover' takes the optimised build.
COMMAND = .build/debug/failover
BUILT = $(if $(findstring /release/,$(COMMAND)),build,debug)

# For a shell to read: .build/completions/failover.bash, _failover (zsh), failover.fish.
completions: $(BUILT)
	@mkdir -p .build/completions
	$(COMMAND) --generate-completion-script bash > .build/completions/failover.bash
	$(COMMAND) --generate-completion-script zsh > .build/completions/_failover
	$(COMMAND) --generate-completion-script fish > .build/completions/failover.fish

# A page for each command, from what the parser knows: `man -l .build/man/failover.cutover.1`.
man: $(BUILT)
	swift build --product generate-manual
	@rm -rf .build/man && mkdir -p .build/man
	.build/debug/generate-manual $(COMMAND) --multi-page --output-directory .build/man
	@rm -f .build/man/failover.remove-offsets.1 .build/man/failover.web-fetch.1

PREFIX ?= /usr/local
# Where a package is put together, instead of the machine itself.
DESTDIR ?=
BIN = $(DESTDIR)$(PREFIX)/bin
SHARE = $(DESTDIR)$(PREFIX)/share

# The command, its completions and manual pages, and the runbooks, where 'failover runbook' finds them. `make install PREFIX=$HOME/.local` needs no root.
install: build
	@$(MAKE) --no-print-directory completions man COMMAND=.build/release/failover
	install -d $(BIN) $(SHARE)/failover/runbooks $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	install -m 755 -s .build/release/failover $(BIN)/failover
	install -m 644 runbooks/*.yaml runbooks/runbook.schema.json runbooks/README.md $(SHARE)/failover/runbooks
	install -m 644 .build/man/failover*.1 $(SHARE)/man/man1
	install -m 644 .build/completions/failover.bash $(SHARE)/bash-completion/completions/failover
	install -m 644 .build/completions/_failover $(SHARE)/zsh/site-functions/_failover
	install -m 644 .build/completions/failover.fish $(SHARE)/fish/vendor_completions.d/failover.fish

uninstall:
	rm -f $(BIN)/failover $(SHARE)/man/man1/failover.1 $(SHARE)/man/man1/failover.*.1 $(SHARE)/bash-completion/completions/failover
	rm -f $(SHARE)/zsh/site-functions/_failover $(SHARE)/fish/vendor_completions.d/failover.fish
	rm -rf $(SHARE)/failover

VERSION = $(shell sed -n 's/.*static let release = "\(.*\)"/\1/p' Sources/failover/Build.swift)
PACKAGE = failover-$(VERSION)-$(shell uname -s | tr A-Z a-z)-$(shell uname -m)
DIST = .build/dist

# .build/dist/failover-VERSION-PLATFORM.tar.gz and SHA256SUMS. In it is a prefix: docs/install.md. The same commit gives the same names, owners and times.
release:
	rm -rf $(DIST) && mkdir -p $(DIST)
	@$(MAKE) --no-print-directory install DESTDIR=$(DIST)/ PREFIX=$(PACKAGE)
	install -d $(DIST)/$(PACKAGE)/share/doc/failover/docs $(DIST)/$(PACKAGE)/share/failover/systemd
	install -m 644 README.md LICENSE $(DIST)/$(PACKAGE)/share/doc/failover
	install -m 644 docs/* $(DIST)/$(PACKAGE)/share/doc/failover/docs
	install -m 644 deploy/systemd/* $(DIST)/$(PACKAGE)/share/failover/systemd
	tar -C $(DIST) --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$$(git log -1 --format=%ct) -cf - $(PACKAGE) | gzip -9n > $(DIST)/$(PACKAGE).tar.gz
	cd $(DIST) && sha256sum $(PACKAGE).tar.gz > SHA256SUMS
	@cat $(DIST)/SHA256SUMS

clean:
	rm -rf .build .build-asan .build-tsan .build-bench .build-fuzz

# The Kafka layer's open/use/close loops under the address and leak sanitizers; the second run must be caught.
leaks: setup
	swift build --sanitize=address --scratch-path .build-asan --product leaks
	ASAN_OPTIONS=detect_leaks=1 .build-asan/debug/leaks 3
	! ASAN_OPTIONS=detect_leaks=1 .build-asan/debug/leaks 1 deliberate >/dev/null 2>&1
	@echo "leaks: none, and a deliberate one is found"
