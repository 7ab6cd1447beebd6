# Fieldproof. `make help` lists the targets. One Makefile for the whole tree; everything that is made lands in $(B).
B ?= build
VARIANT ?= release
PREFIX ?= /usr/local
DESTDIR ?=
# In floor order; layers.txt says what each may include, and the link lines below come from it.
MODULES := base i18n crypto collect document device letter term notice draft parity csaf facts evidence capture rule ledger match check case reply store app web cli

PKGS := jansson libmicrohttpd sqlite3 libcurl openssl libsodium icu-uc icu-i18n pango pangocairo cairo cairo-pdf libqpdf libcmark-gfm gmime-3.0 libxml-2.0 libseccomp
# libpcap only where a capture is read, libarchive only where a bundle is: the others need not load them.
LIBS_EXTRA := -lzint -lcmark-gfm-extensions -lpthread -lm -Wl,--push-state,--as-needed -lpcap -larchive -Wl,--pop-state
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
STD := -std=c17 -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64
VERSION := $(shell cat VERSION)

CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
CFLAGS_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDFLAGS_asan := -fsanitize=address,undefined
CFLAGS_coverage := -O0 -g --coverage
LDFLAGS_coverage := --coverage
CFLAGS_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
LDFLAGS_fuzz := -fsanitize=address,undefined
CC := gcc
# V=1 shows the whole command lines.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))
ifeq ($(VARIANT),fuzz)
CC := clang
endif
# Each variant but the release one has its own folder, so that they never mix.
ifneq ($(VARIANT),release)
O := $(B)/$(VARIANT)
else
O := $(B)
endif

.DEFAULT_GOAL := all

# Before the libraries are installed pkg-config has nothing to say: setup runs first, then make starts again with real flags.
ifneq ($(filter-out help clean setup lint-layers,$(or $(MAKECMDGOALS),all)),)
ifndef FP_READY
PURPOSES := build
ifneq ($(filter demo check bench fuzz lint coverage flow unit verdicts,$(MAKECMDGOALS)),)
PURPOSES += demo test
endif
PURPOSES += $(filter lint fuzz bench,$(MAKECMDGOALS)) $(if $(filter coverage,$(MAKECMDGOALS)),fuzz) $(if $(filter format,$(MAKECMDGOALS)),lint)
# What it says goes straight to the terminal; when it fails, so does make, before the compiler says the same less clearly.
ifneq ($(shell tools/setup $(PURPOSES) >&2 </dev/null && echo ready),ready)
$(error the Debian packages that $(or $(MAKECMDGOALS),all) needs are not there)
endif
endif
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS))
PKG_LIBS := $(shell pkg-config --libs $(PKGS)) $(LIBS_EXTRA)
endif

CPPFLAGS_ALL = -Isrc -Itests/unit -I$(O)/gen $(PKG_CFLAGS) -DFP_VERSION='"$(VERSION)"' -DFP_PREFIX='"$(PREFIX)"' $(CPPFLAGS)
CFLAGS_ALL = $(STD) $(WARN) $(CFLAGS_$(VARIANT)) $(CFLAGS)
LDFLAGS_ALL = $(LDFLAGS_$(VARIANT)) $(LDFLAGS)

# Sources that only the cross compiler reads (the collector for Windows).
WINDOWS_ONLY := src/collect/windows%.c src/collect/sign_windows.c src/collect/registry_windows.c

# What a module may use, all floors down.
deps_of = $(shell sed -n 's/^$(1)://p' layers.txt)
define MODULE
SRC_$(1) := $$(filter-out %/main.c %/collect/static.c $(WINDOWS_ONLY),$$(wildcard src/$(1)/*.c))
OBJ_$(1) := $$(SRC_$(1):%.c=$(O)/%.o)
DEPS_$(1) := $$(call deps_of,$(1))
CLOSURE_$(1) := $(1) $$(foreach d,$$(DEPS_$(1)),$$(CLOSURE_$$(d)))
ARCHIVES_$(1) := $$(foreach m,$(REVERSED),$$(if $$(filter $$(m),$$(CLOSURE_$(1))),$(O)/lib/lib$$(m).a))
$(O)/lib/lib$(1).a: $$(OBJ_$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call say,AR,$$@)
	$$(Q)ar rcsD $$@ $$^
endef
REVERSED := cli web app store reply case check match ledger rule capture evidence facts csaf parity draft notice term letter device document collect crypto i18n base
$(foreach m,$(MODULES),$(eval $(call MODULE,$(m))))

PROGRAM := $(O)/fieldproof
COLLECTOR := $(O)/fieldproof-collect
ASSET_OBJ := $(O)/gen/assets.o

.PHONY: all setup help demo check unit flow verdicts lint lint-layers format fuzz bench coverage install uninstall clean po

all: $(PROGRAM) $(COLLECTOR)

$(PROGRAM): $(O)/src/cli/main.o $(ARCHIVES_cli) $(ARCHIVES_web) $(ASSET_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(O)/src/cli/main.o -Wl,--start-group $(sort $(ARCHIVES_cli) $(ARCHIVES_web)) -Wl,--end-group $(ASSET_OBJ) $(PKG_LIBS)

# It stands alone: nothing of the other modules, no library but libcrypto. As it is shipped it is one static file, for whatever Linux the stick
# is put into; sanitizers and coverage need the shared C library.
COLLECTOR_OBJ := $(O)/src/collect/main.o
ifeq ($(VARIANT),release)
COLLECTOR_OBJ += $(O)/src/collect/static.o
COLLECTOR_LD := -static-pie -Wl,--wrap=dlopen
endif
$(COLLECTOR): $(COLLECTOR_OBJ) $(O)/lib/libcollect.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(COLLECTOR_LD) -o $@ $(COLLECTOR_OBJ) $(O)/lib/libcollect.a -lcrypto

# The collector for Windows 7 and later, by the cross compiler: one file without anything to install, the same bytes from the same sources.
WINDOWS_CC := x86_64-w64-mingw32-gcc
COLLECTOR_EXE := $(B)/fieldproof-collect.exe
SRC_EXE := $(patsubst %,src/collect/%.c,core json key options run say write offline regf registry registry_hive registry_windows sign_windows) $(wildcard src/collect/facts_windows*.c src/collect/windows*.c)
# It checks formats by the rules of Windows' own printf, not of the one that is linked; gcc for Linux has checked them.
WARN_EXE := $(WARN) -Wno-format -Wno-format-extra-args
ifneq ($(shell command -v $(WINDOWS_CC) 2>/dev/null),)
all flow check: $(COLLECTOR_EXE)
endif
$(COLLECTOR_EXE): $(SRC_EXE) $(wildcard src/collect/*.h) Makefile VERSION
	@mkdir -p $(@D)
	$(call say,CROSS,$@)
	$(Q)$(WINDOWS_CC) -std=gnu17 $(WARN_EXE) -Os -s -municode -static -D_WIN32_WINNT=0x0601 -DWINVER=0x0601 -D__USE_MINGW_ANSI_STDIO=1 -Isrc \
	    -DFP_VERSION='"$(VERSION)"' -ffunction-sections -fdata-sections -Wl,--gc-sections -fstack-protector-strong \
	    -Wl,--dynamicbase,--nxcompat,--high-entropy-va,--no-insert-timestamp -o $@ $(SRC_EXE) -lnetapi32 -lauthz -ladvapi32 -liphlpapi -lws2_32 -lbcrypt -lversion -lssp

$(O)/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Catalogues, style sheets, schemas and SQL travel inside the program: one file to copy, nothing to find at run time.
LANGS := $(patsubst po/%.po,%,$(wildcard po/*.po))
MO := $(LANGS:%=$(O)/gen/po/%.mo)
ASSETS := $(sort $(shell find assets checks -type f 2>/dev/null) $(wildcard src/*/*.sql))
$(O)/gen/po/%.mo: po/%.po
	@mkdir -p $(@D)
	$(Q)msgfmt --check-format --check-header -o $@ $<
$(O)/gen/assets.S: tools/embed $(ASSETS) $(MO)
	@mkdir -p $(@D)
	$(Q)tools/embed $(O)/gen $(ASSETS) $(MO) >$@.tmp && mv $@.tmp $@
$(ASSET_OBJ): $(O)/gen/assets.S
	$(call say,CC,$@)
	$(Q)$(CC) -c -o $@ $<

# A unit test tests/unit/MODULE_topic.c links its module and what that may use, nothing above.
UNIT_SRC := $(wildcard tests/unit/*.c)
UNIT := $(UNIT_SRC:tests/unit/%.c=$(O)/tests/unit/%)
define UNIT_RULE
$(O)/tests/unit/$(1): $(O)/tests/unit/$(1).o $$(ARCHIVES_$(firstword $(subst _, ,$(1)))) $(ASSET_OBJ)
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) -o $$@ $$< -Wl,--start-group $$(ARCHIVES_$(firstword $(subst _, ,$(1)))) -Wl,--end-group $(ASSET_OBJ) $$(PKG_LIBS) -lcmocka
endef
$(foreach t,$(UNIT_SRC:tests/unit/%.c=%),$(eval $(call UNIT_RULE,$(t))))

# Doubles and helpers of the tests: one file, one program; they use base only.
DOUBLES := $(patsubst tests/doubles/%.c,$(O)/tests/doubles/%,$(wildcard tests/doubles/*.c))
.SECONDARY: $(DOUBLES:=.o)
$(O)/tests/doubles/%: $(O)/tests/doubles/%.o $(ARCHIVES_base) $(ASSET_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(ARCHIVES_base) $(ASSET_OBJ) $(PKG_LIBS)

# This one reads captures too.
$(O)/tests/doubles/capture_tool: $(O)/tests/doubles/capture_tool.o $(ARCHIVES_capture) $(ASSET_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< -Wl,--start-group $(ARCHIVES_capture) -Wl,--end-group $(ASSET_OBJ) $(PKG_LIBS)

# And this one signs facts as the collector does.
$(O)/tests/doubles/facts_sign: $(O)/tests/doubles/facts_sign.o $(ARCHIVES_facts) $(ASSET_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< -Wl,--start-group $(ARCHIVES_facts) -Wl,--end-group $(ASSET_OBJ) $(PKG_LIBS)

# Fuzz targets tests/fuzz/MODULE_topic.c: with clang a libFuzzer program; with gcc a program that replays its corpus as a test.
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
FUZZ_NAMES := $(filter-out replay,$(FUZZ_SRC:tests/fuzz/%.c=%))
FUZZ_REPLAY := $(FUZZ_NAMES:%=$(O)/tests/fuzz/%)
FUZZ_DRIVER := $(if $(filter fuzz,$(VARIANT)),-fsanitize=fuzzer,$(O)/tests/fuzz/replay.o)
define FUZZ_RULE
$(O)/tests/fuzz/$(1): $(O)/tests/fuzz/$(1).o $$(ARCHIVES_$(firstword $(subst _, ,$(1)))) $(ASSET_OBJ) $(filter %.o,$(FUZZ_DRIVER))
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) -o $$@ $$< $(FUZZ_DRIVER) -Wl,--start-group $$(ARCHIVES_$(firstword $(subst _, ,$(1)))) -Wl,--end-group $(ASSET_OBJ) $$(PKG_LIBS)
endef
$(foreach t,$(FUZZ_NAMES),$(eval $(call FUZZ_RULE,$(t))))

# Bench programs bench/MODULE_topic.c, like unit tests but without cmocka.
BENCH_SRC := $(wildcard bench/*.c)
BENCH := $(BENCH_SRC:bench/%.c=$(O)/bench/%)
define BENCH_RULE
$(O)/bench/$(1): $(O)/bench/$(1).o $$(ARCHIVES_$(firstword $(subst _, ,$(1)))) $(ASSET_OBJ)
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) -o $$@ $$< -Wl,--start-group $$(ARCHIVES_$(firstword $(subst _, ,$(1)))) -Wl,--end-group $(ASSET_OBJ) $$(PKG_LIBS)
endef
$(foreach t,$(BENCH_SRC:bench/%.c=%),$(eval $(call BENCH_RULE,$(t))))

-include $(shell find $(O) -name '*.d' -not -path '$(O)/*/node_modules/*' 2>/dev/null)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14
setup: ## install the Debian packages of tools/packages.txt
	@tools/setup
all: ## build the program and the collector
unit: $(UNIT) $(FUZZ_REPLAY) ## unit tests and the replay of the fuzz corpora
	@tools/run-tests $(O) unit
flow: $(PROGRAM) $(COLLECTOR) $(DOUBLES) ## scenarios against the built program and real servers
	@tools/run-tests $(O) flow
check: $(PROGRAM) $(COLLECTOR) $(UNIT) $(FUZZ_REPLAY) $(DOUBLES) ## all tests; ends with "N passed, N failed, N skipped"
	@tools/run-tests $(O) all
verdicts: $(PROGRAM) $(DOUBLES) ## every posture of the testbed, real servers: expected against given; false passes and false fails are counted
	@B='$(O)' tests/verdicts/run
demo: $(PROGRAM) $(COLLECTOR) $(DOUBLES) ## the main job on real sample notices and a small laboratory; KEEP=1 leaves the pages running
	@KEEP='$(KEEP)' B='$(O)' demo/run
lint: ## layer table, banned functions, formatting, static analysis
	@tools/lint
lint-layers:
	@tools/lint-layers
format: ## rewrite the sources with clang-format
	clang-format -i $(wildcard src/*/*.[ch] tests/*/*.[ch] bench/*.[ch])
fuzz: ## run every fuzz target for SECONDS (60) each
	@tools/fuzz $(or $(SECONDS),60)
fuzz-build: $(FUZZ_REPLAY)
bench: $(PROGRAM) $(COLLECTOR) $(BENCH) $(DOUBLES) ## the figures of the README, beside their peers
	@bench/run $(O)
coverage: ## line coverage of the unit and flow tests
	@tools/coverage
po: ## refresh the catalogues from the sources
	@tools/po

install: $(PROGRAM) $(COLLECTOR) ## programs, notices, man pages, completion, systemd unit under PREFIX (DESTDIR is honoured)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/fieldproof
	install -D -m 755 $(COLLECTOR) $(DESTDIR)$(PREFIX)/bin/fieldproof-collect
	install -D -m 644 docs/fieldproof.1 $(DESTDIR)$(PREFIX)/share/man/man1/fieldproof.1
	install -D -m 644 docs/fieldproof-collect.1 $(DESTDIR)$(PREFIX)/share/man/man1/fieldproof-collect.1
	mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/local/|$(PREFIX)/|' init/fieldproof-watch.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/fieldproof-watch.service
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/fieldproof-watch.service
	install -D -m 644 tools/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/fieldproof
	mkdir -p $(DESTDIR)$(PREFIX)/share/fieldproof
	[ ! -f $(COLLECTOR_EXE) ] || install -m 755 $(COLLECTOR_EXE) $(DESTDIR)$(PREFIX)/share/fieldproof/fieldproof-collect.exe
	cp -R notices $(DESTDIR)$(PREFIX)/share/fieldproof/
	chmod -R u=rwX,go=rX $(DESTDIR)$(PREFIX)/share/fieldproof
uninstall: ## take away what install put there
	rm -rf $(DESTDIR)$(PREFIX)/share/fieldproof
	rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/fieldproof-watch.service
	rm -f $(DESTDIR)$(PREFIX)/bin/fieldproof-collect $(DESTDIR)$(PREFIX)/share/man/man1/fieldproof-collect.1
	rm -f $(DESTDIR)$(PREFIX)/bin/fieldproof $(DESTDIR)$(PREFIX)/share/man/man1/fieldproof.1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions/fieldproof
clean: ## take away everything that was built
	rm -rf $(B)
