# Two commands are enough: `make setup demo` and `make setup check`.
VERSION = 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MODULEDIR ?= $(PREFIX)/lib/volum
MANDIR ?= $(PREFIX)/share/man
LOCALEDIR ?= $(PREFIX)/share/locale
DATADIR ?= $(PREFIX)/share/volum
UNITDIR ?= $(PREFIX)/lib/systemd/system
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
BUILD ?= build

# One short line a step; V=1 shows the commands.
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(patsubst $(BUILD)/%,%,$@))

# Ours, beside whatever the user's CFLAGS and LDFLAGS say.
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wvla
HARDEN = -fstack-protector-strong -fPIC -fvisibility=hidden
ifneq ($(SAN),)
HARDEN += -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
else
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
ifneq ($(CI)$(WERROR),)
WARN += -Werror
endif
JQ_LIBS := $(shell $(PKG_CONFIG) --libs libjq 2>/dev/null || echo -ljq)
# MongoDB's driver is loaded by who uses it: a module of its own, where the
# driver is installed.
MONGO := $(shell for p in mongoc2 libmongoc-1.0; do \
	$(PKG_CONFIG) --exists $$p && { echo $$p; break; }; done)
MONGO_CFLAGS := $(patsubst -I%,-isystem %,$(if $(MONGO),$(shell $(PKG_CONFIG) --cflags $(MONGO))))
MONGO_LIBS := $(if $(MONGO),$(shell $(PKG_CONFIG) --libs $(MONGO)))
LIBS = $(shell $(PKG_CONFIG) --libs libcurl sqlite3 libcrypto) $(JQ_LIBS)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(HARDEN) -Ilib -Icmd -Itest -I$(BUILD)/gen \
	-DVERSION='"$(VERSION)"' -DVOLUM_MODULEDIR='"$(MODULEDIR)"' \
	-DVOLUM_LOCALEDIR='"$(LOCALEDIR)"' -MMD -MP $(CFLAGS)
ALL_LDFLAGS = $(HARDEN) -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)

COMMANDS = $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
SIMS = omie-sim volum-sim
SCRIPTS = volum-run volum-setup
LIB_OBJ = $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out lib/store/mongo%,$(wildcard lib/*/*.c)))
MONGO_OBJ = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard lib/store/mongo*.c))
MODULES = $(if $(MONGO),$(BUILD)/lib/volum/mongo.so)
sim_obj = $(patsubst %.c,$(BUILD)/obj/%.o,test/sim/server.c test/sim/seed.c \
	$(wildcard test/sim/$(1)/*.c))
PROGRAMS = $(COMMANDS) $(SIMS) $(SCRIPTS)
COMPLETION = $(BUILD)/completion
COMPLETIONS = $(PROGRAMS:%=$(COMPLETION)/bash/%) $(PROGRAMS:%=$(COMPLETION)/zsh/_%) \
	$(PROGRAMS:%=$(COMPLETION)/fish/%.fish)
UNITS = $(patsubst test/unit/%.c,$(BUILD)/unit/%,$(wildcard test/unit/test_*.c))
TOOLS = $(patsubst test/tool/%.c,$(BUILD)/tool/%,\
	$(filter-out test/tool/mongo%,$(wildcard test/tool/*.c)))
# What the tests of a store in MongoDB use besides.
MONGO_TOOLS = $(if $(MONGO),$(BUILD)/tool/mongo_say $(BUILD)/tool/mongo-stub)
FUZZERS = $(patsubst test/fuzz/%.c,%,$(wildcard test/fuzz/fuzz_*.c))
GEN = $(BUILD)/gen/contrato_jq.h
# What a person reads, by language: where msgfmt isn't installed, in English.
LANGUAGES = $(if $(shell command -v msgfmt),$(patsubst po/%.po,%,$(wildcard po/??_??.po)))
CATALOGUES = $(LANGUAGES:%=$(BUILD)/share/locale/%/LC_MESSAGES/volum.mo)

.PHONY: all setup setup-mongo demo check check-here check-faults check-mongo \
	check-limits check-live check-package check-pricing check-redrive check-scale \
	check-store check-sync check-valgrind coverage coverage-here bench \
	bench-mongo lint fuzz install uninstall deb dist clean units words
.DELETE_ON_ERROR:
.SECONDARY:

all: $(COMMANDS:%=$(BUILD)/bin/%) $(SIMS:%=$(BUILD)/bin/%) \
    $(SCRIPTS:%=$(BUILD)/bin/%) $(MODULES) $(BUILD)/share/volum/examples \
    $(CATALOGUES) $(COMPLETIONS)
	@:

$(BUILD)/obj/%.o: %.c | $(GEN)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/libvolum.a: $(LIB_OBJ)
	$(call say,AR)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(MONGO_OBJ): ALL_CFLAGS += $(MONGO_CFLAGS)
$(BUILD)/lib/volum/mongo.so: $(MONGO_OBJ) $(BUILD)/libvolum.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -pie,$(ALL_LDFLAGS)) -shared -o $@ $^ $(MONGO_LIBS) \
	    $(shell $(PKG_CONFIG) --libs libcrypto)

# A command is cmd/NAME.c and, where that would grow too long, cmd/NAME/*.c.
define command_rule
$$(BUILD)/bin/$(1): $$(BUILD)/obj/cmd/$(1).o \
    $$(patsubst %.c,$$(BUILD)/obj/%.o,$$(wildcard cmd/$(1)/*.c)) $$(BUILD)/libvolum.a
	$$(call say,LINK)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach c,$(COMMANDS),$(eval $(call command_rule,$(c))))

define sim_rule
$$(BUILD)/bin/$(1): $$(call sim_obj,$(1)) $$(BUILD)/libvolum.a
	$$(call say,LINK)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS) -lmicrohttpd -lm
endef
$(foreach s,$(SIMS),$(eval $(call sim_rule,$(s))))

$(BUILD)/unit/%: $(BUILD)/obj/test/unit/%.o $(BUILD)/libvolum.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

$(BUILD)/tool/%: $(BUILD)/obj/test/tool/%.o $(BUILD)/libvolum.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/obj/test/tool/mongo%.o: ALL_CFLAGS += $(MONGO_CFLAGS)
$(BUILD)/tool/mongo_say: $(BUILD)/obj/test/tool/mongo_say.o
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(MONGO_LIBS)

MONGO_STUB_OBJ = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard test/mongo/stub/*.c))
$(MONGO_STUB_OBJ): ALL_CFLAGS += $(MONGO_CFLAGS)
$(BUILD)/tool/mongo-stub: $(MONGO_STUB_OBJ)
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(MONGO_LIBS) -lpthread

# Preloaded into programs that are not under the sanitizers.
$(BUILD)/tool/warp.so: test/faults/warp.c
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(CFLAGS) -fPIC -shared -o $@ $< -ldl

# Scripts look for the examples beside themselves, as they do when installed.
$(SCRIPTS:%=$(BUILD)/bin/%): $(BUILD)/bin/%: examples/% Makefile
	$(call say,GEN)
	@mkdir -p $(@D)
	$(Q)sed 's/@VERSION@/$(VERSION)/' $< > $@ && chmod 755 $@

$(BUILD)/share/volum/examples:
	@mkdir -p $(@D)
	$(Q)ln -sfn $(CURDIR)/examples $@

$(BUILD)/share/locale/%/LC_MESSAGES/volum.mo: po/%.po
	$(call say,GEN)
	@mkdir -p $(@D)
	$(Q)msgfmt -o $@ $<

# The words of the sources that a translation lacks are added to it, empty; those
# that the sources lost go.
words:
	$(Q)sh po/update.sh

# Out of what each program says of its options, in English.
complete = $(Q)help=$$(unset LANGUAGE; LC_ALL=C $< --help) && mkdir -p $(@D) && \
	printf '%s\n' "$$help" | \
	awk -v shell=$(1) -v name=$* -f completion/complete.awk >$@
$(COMPLETION)/bash/%: $(BUILD)/bin/% completion/complete.awk | $(BUILD)/share/volum/examples
	$(call say,GEN)
	$(call complete,bash)
$(COMPLETION)/zsh/_%: $(BUILD)/bin/% completion/complete.awk | $(BUILD)/share/volum/examples
	$(call say,GEN)
	$(call complete,zsh)
$(COMPLETION)/fish/%.fish: $(BUILD)/bin/% completion/complete.awk | $(BUILD)/share/volum/examples
	$(call say,GEN)
	$(call complete,fish)

# The template that ships, as bytes in the program: it works uninstalled.
$(GEN): examples/templates/contrato.jq
	$(call say,GEN)
	@mkdir -p $(@D)
	$(Q){ printf 'static const unsigned char contrato_jq[] = {\n'; \
	  od -An -v -tu1 $< | sed 's/\([0-9]\{1,\}\)/\1,/g'; \
	  printf '};\n'; } > $@

setup:
	@sh test/setup.sh

# The MongoDB servers that the tests use: test/mongo/README.md.
setup-mongo:
	@sh test/mongo/setup.sh

units: $(UNITS) $(TOOLS) $(MONGO_TOOLS) $(MODULES)

# Units, then one run of bats; both under the sanitizers, and one closing line.
# What is measured (memory, time to start) is measured of the plain programs.
check:
	@$(MAKE) --no-print-directory SAN= all $(TOOLS) $(MONGO_TOOLS) \
	    $(BUILD)/tool/warp.so
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN=1 PLAIN=$(BUILD) \
	    check-here

check-here: all units
	@BUILD=$(BUILD) PLAIN=$(PLAIN) sh test/check.sh

# A thousand contracts by two processes, of the plain programs: half a minute.
check-limits: all
	@BUILD=$(BUILD) MANY=1000 FLOOR=95 bats --filter 'rate, in turn' \
	    test/limiter.bats

# omie-contract killed, cut off and started again, thousands of times.
FAULTS = python3 -B test/faults/run.py --build $(BUILD)
check-faults: all $(TOOLS) $(BUILD)/tool/warp.so
	$(Q)python3 -B test/faults/forged.py
	$(Q)$(FAULTS) --every-call
	$(Q)$(FAULTS) --seed 1 --runs 2000
	$(Q)$(FAULTS) --revised --seed 1 --runs 500
	$(Q)$(FAULTS) --naive --seed 1 --runs 100

# What is tested of a store in SQLite, on each MongoDB server; half an hour and more a
# server. `make check-store SERVERS=java STORE_TESTS='plan audit'` is a piece of it.
SERVERS = java ferret $(if $(TEST_MONGODB_URI),real)
STORE_TESTS = store-units volum-store pipe reprocess explain guards hostile trace \
	omie-contract exactly-once revision unfinished plan redrive reconcile audit \
	limiter volum-doctor cnpj-sync cnpj-guards cnpj-world
check-store: all units $(BUILD)/tool/warp.so
	@for server in $(SERVERS); do echo "$$server:"; \
	    BUILD=$(BUILD) STORE=$$server FLOOR=$${FLOOR:-25} BATS_TEST_TIMEOUT=600 \
	    bats $(STORE_TESTS:%=test/%.bats) || exit; done

# Besides, several hosts on one database, killed at 200 places, and through 200
# seeded faults; FerretDB killed in a load of 2,000, and all the time. Half an hour.
check-mongo: check-store
	@BUILD=$(BUILD) KILLS=200 MANY=260 LOAD=2000 \
	    bats test/mongo-hosts.bats test/mongo-faults.bats
	$(Q)$(FAULTS) --store java --seed 1 --runs 200
	$(Q)$(FAULTS) --store java --revised --seed 1 --runs 50
	$(Q)$(FAULTS) --store ferret --seed 1 --runs 200
	$(Q)$(FAULTS) --store ferret --outages --seed 201 --runs 50

# A month over GNU parallel and Spark; fetches pyspark, some 300 MB.
check-scale: all
	@test -e $(BUILD)/scale/done || { \
	    python3 -m venv $(BUILD)/scale && \
	    $(BUILD)/scale/bin/pip install -q --disable-pip-version-check \
	    'pyspark==3.5.5' && touch $(BUILD)/scale/done; }
	@PYSPARK=$(abspath $(BUILD))/scale/bin/python COMPANIES=3000 bats test/scale.bats

# cnpj-sync: ten thousand companies, a hundred rounds of edits on both sides, and
# a kill at every other system call; of the plain programs, some minutes.
check-sync: all $(TOOLS) $(BUILD)/tool/warp.so
	@BUILD=$(BUILD) MANY=10000 ROUNDS=100 STEP=2 bats test/cnpj-world.bats

# volum-redrive, killed at each of its system calls; of the plain programs.
check-redrive: all $(TOOLS)
	@BUILD=$(BUILD) STEP=1 bats --filter 'kill -9' test/redrive.bats

# The units of the plain build, a few minutes.
check-valgrind: units
	@BUILD=$(BUILD) sh test/valgrind.sh

# A million random prices beside the reference in Python; `make check` has
# 20,000 of them.
CASES = 1000000
check-pricing: $(BUILD)/tool/price_check
	@BUILD=$(BUILD) sh test/pricing_random.sh $(CASES)

# What the tests reach of the business; optimized code has other branches.
coverage:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage SAN= HARDEN=-fPIC \
	    CFLAGS='-O0 -g --coverage' LDFLAGS=--coverage coverage-here

coverage-here: all units
	@BUILD=$(BUILD) sh test/coverage.sh

demo: all
	@BUILD=$(BUILD) sh examples/demo.sh

bench: all $(TOOLS)
	@BUILD=$(BUILD) sh test/bench/run.sh

bench-mongo: all $(TOOLS)
	@BUILD=$(BUILD) sh test/bench/mongo.sh

lint:
	@sh test/lint.sh

fuzz:
	@BUILD=$(BUILD)/fuzz sh test/fuzz/run.sh

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 \
	    $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(DATADIR) \
	    $(DESTDIR)$(UNITDIR) $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR) \
	    $(DESTDIR)$(FISHDIR)
	install -m 755 $(PROGRAMS:%=$(BUILD)/bin/%) $(DESTDIR)$(BINDIR)
	install -m 644 $(PROGRAMS:%=$(COMPLETION)/bash/%) $(DESTDIR)$(BASHDIR)
	install -m 644 $(PROGRAMS:%=$(COMPLETION)/zsh/_%) $(DESTDIR)$(ZSHDIR)
	install -m 644 $(PROGRAMS:%=$(COMPLETION)/fish/%.fish) $(DESTDIR)$(FISHDIR)
	$(if $(MODULES),install -d $(DESTDIR)$(MODULEDIR) && \
	    install -m 644 $(MODULES) $(DESTDIR)$(MODULEDIR))
	for s in 1 5 7; do for p in man/*.$$s; do \
	    install -m 644 $$p $(DESTDIR)$(MANDIR)/man$$s; done; done
	for p in man/pt_BR/*; do install -D -m 644 $$p \
	    $(DESTDIR)$(MANDIR)/pt_BR/man$${p##*.}/$${p##*/}; done
	for l in $(LANGUAGES); do install -D -m 644 \
	    $(BUILD)/share/locale/$$l/LC_MESSAGES/volum.mo \
	    $(DESTDIR)$(LOCALEDIR)/$$l/LC_MESSAGES/volum.mo; done
	cp -R examples $(DESTDIR)$(DATADIR)
	sed -i 's|/usr/local/bin|$(BINDIR)|' $(DESTDIR)$(DATADIR)/examples/*/volum*.crontab \
	    $(DESTDIR)$(DATADIR)/examples/systemd/*.service \
	    $(DESTDIR)$(DATADIR)/examples/http/volum-trigger.nginx
	sed -i 's|/usr/local/share/locale|$(LOCALEDIR)|' \
	    $(DESTDIR)$(DATADIR)/examples/run/words.sh
	cp -R $(DESTDIR)$(DATADIR)/examples/systemd/* $(DESTDIR)$(UNITDIR)

uninstall:
	cd $(DESTDIR)$(BINDIR) && rm -f $(PROGRAMS)
	rm -f $(PROGRAMS:%=$(DESTDIR)$(BASHDIR)/%) $(PROGRAMS:%=$(DESTDIR)$(ZSHDIR)/_%) \
	    $(PROGRAMS:%=$(DESTDIR)$(FISHDIR)/%.fish)
	cd examples/systemd && for u in *; do rm -rf $(DESTDIR)$(UNITDIR)/$$u; done
	for p in man/*.?; do s=$${p##*.}; \
	    rm -f $(DESTDIR)$(MANDIR)/man$$s/$${p#man/} \
	        $(DESTDIR)$(MANDIR)/pt_BR/man$$s/$${p#man/}; done
	for l in $(patsubst po/%.po,%,$(wildcard po/??_??.po)); do \
	    rm -f $(DESTDIR)$(LOCALEDIR)/$$l/LC_MESSAGES/volum.mo; done
	rm -rf $(DESTDIR)$(DATADIR)
	rm -f $(DESTDIR)$(MODULEDIR)/mongo.so

# From what is committed, so that the same commit gives the same bytes.
deb:
	@sh test/package.sh build volum_$(VERSION).deb

# Twice the same, lintian, and a clean Debian that it is installed into: needs
# root, debhelper, lintian and mmdebstrap.
check-package:
	@sh test/package.sh check

# The package where it is to live: under systemd as PID 1, under other crons, in a
# container. Needs root, debhelper, mmdebstrap, podman and runc; ten minutes.
check-live:
	@mkdir -p $(BUILD)
	@sh test/package.sh build $(BUILD)/live.deb
	@DEB=$(abspath $(BUILD))/live.deb bats test/live

dist:
	git archive --prefix=volum-$(VERSION)/ -o volum-$(VERSION).tar.gz HEAD

clean:
	rm -rf build volum-*.tar.gz volum_*.deb

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
