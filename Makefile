# winnow: `make demo` and `make check` are all that a new machine needs; `make help` lists the rest.
# CFLAGS, CC and PREFIX are the user's; warnings are ours.

CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
B       ?= build

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
           -Wwrite-strings -Wformat=2 -Wundef -Wvla
PKGS    := libcurl libcjson libsodium sqlite3 libmicrohttpd gmime-3.0 libxml-2.0 libutf8proc \
           poppler-glib
DEBIAN  := gcc libc6-dev make pkg-config perl ca-certificates libcurl4-openssl-dev libcjson-dev \
           libsodium-dev libsqlite3-dev libmicrohttpd-dev libgmime-3.0-dev libxml2-dev \
           libutf8proc-dev liblinear-dev libcsv-dev libcmocka-dev libpoppler-glib-dev
BREW    := pkg-config curl cjson libsodium sqlite libmicrohttpd gmime libxml2 utf8proc liblinear \
           libcsv cmocka poppler

PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
# poppler is opened when the first PDF comes (pdf.c): loading it took longer than all else at the start
PKG_LIBS   := $(shell pkg-config --libs $(filter-out poppler-glib,$(PKGS)) gobject-2.0 2>/dev/null)
override CPPFLAGS += -D_XOPEN_SOURCE=700 -Iinclude -Isrc -I$(B) \
           -DWN_SHARE='"$(PREFIX)/share/winnow"' \
           -DWN_POPPLER_DIR='"$(shell pkg-config --variable=libdir poppler-glib 2>/dev/null)"' $(patsubst -I%,-isystem %,$(PKG_CFLAGS))
override ALL_CFLAGS := -std=c17 $(WARN) $(CFLAGS)
LIBS    := $(PKG_LIBS) -llinear -lcsv -lm -lpthread -ldl

SRC     := $(wildcard src/*.c src/*/*.c)
LIB_SRC := $(filter-out src/cli/%,$(SRC))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
CLI_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard src/cli/*.c))
UNIT    := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))
FUZZ    := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
SERVER  := $(if $(wildcard tests/server/*.c),$(B)/test-server)

.PHONY: all demo check browser asan fuzz bench bench-brief bench-pack bench-store kills install help deps test unit clean
all: $(B)/winnow

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: deps ## install what is missing, build, sort the example leads and mail with no key
	@$(MAKE) --no-print-directory $(B)/winnow
	@tests/demo.sh $(B)/winnow

check: deps browser ## install what is missing, build, run every test (twice: plain, and with sanitizers)
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory asan

asan: ## the same tests under AddressSanitizer and UBSan, with the fuzz corpora
	@$(MAKE) --no-print-directory B=build/asan CFLAGS="-O1 -g -fno-omit-frame-pointer \
	  -fsanitize=address,undefined -fno-sanitize-recover=undefined" test corpora

# One compiler run would do for both, but a missing package is clearer said before than by cc.
deps:
	@tests/deps.sh $(DEBIAN) -- $(BREW)

# For the test of the brief's page alone; where there is none it is skipped, and says so.
browser:
	@command -v chromium >/dev/null || tests/deps.sh chromium -- || echo "no Chromium: the page is not looked at"

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  cc    $<'
	@$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libwinnow.a: $(LIB_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(B)/winnow: $(CLI_OBJ) $(B)/libwinnow.a
	@echo '  link  $@'
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# real files, embedded: NAME.sql or NAME.css becomes a C array of its bytes
$(B)/%.inc: src/%
	@mkdir -p $(@D)
	@od -An -v -tu1 $< | sed 's/\([0-9]\) /\1,/g; s/\([0-9]\)$$/\1,/' > $@
$(B)/src/store/store.o: $(B)/store/schema.sql.inc $(B)/store/trust.sql.inc $(B)/store/lean.sql.inc \
	$(B)/store/periods.sql.inc $(B)/store/signals.sql.inc

$(B)/src/report/schema.o: $(B)/report/result.schema.json.inc
$(B)/src/report/brief_html.o: $(B)/report/brief.css.inc

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libwinnow.a
	@mkdir -p $(@D)
	@echo '  link  $@'
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/corpus_main.o $(B)/libwinnow.a
	@mkdir -p $(@D)
	@echo '  link  $@'
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/test-server: $(patsubst %.c,$(B)/%.o,$(wildcard tests/server/*.c)) $(B)/libwinnow.a
	@echo '  link  $@'
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/kill-at: $(B)/tests/kill_at.o
	@echo '  link  $@'
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

unit: $(UNIT)
	@tests/run-unit.sh $(UNIT)

PROGRAMS := WINNOW_BIN=$(abspath $(B)/winnow) TEST_SERVER=$(abspath $(B)/test-server) \
           KILL_AT=$(abspath $(B)/kill-at)
test: unit $(B)/winnow $(SERVER) $(B)/kill-at
	@$(PROGRAMS) prove -q tests/cli/*.t

corpora: $(FUZZ) ## every fuzz target over its corpus
	@for f in $(FUZZ); do d=fixtures/corpus/$${f##*/fuzz_}; $$f $$d/* || exit 1; done

fuzz: ## libFuzzer on every target for FUZZ_SECONDS each (needs clang)
	@tests/fuzz/run.sh

bench: ## speed and memory, as ratios; see tests/bench/README.md
	@$(MAKE) --no-print-directory -f tests/bench/Makefile

include tests/bench/linear.mk
include tests/bench/trust.mk
DATA    ?= ../shared/data
bench-brief: $(B)/bench/brief_bench ## the extractive brief against summaries by people (DATA=FOLDER)
	@tests/bench/brief.sh $(B)/bench/brief_bench $(DATA)/summaries

$(B)/bench/brief_bench: $(B)/tests/bench/brief_bench.o $(B)/libwinnow.a
	@mkdir -p $(@D)
	@echo '  link  $@'
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
bench-pack: $(B)/winnow $(SERVER) ## dollars per 1,000 short items, one by one and packed, at four providers
	@tests/bench/pack.sh $(abspath $(B))

bench-store: $(B)/bench/store_bench ## sealed inserts and cache hits a second, against bare SQLite and libsodium
	@$(B)/bench/store_bench

$(B)/bench/store_bench: $(B)/tests/bench/store_bench.o $(B)/libwinnow.a
	@mkdir -p $(@D)
	@echo '  link  $@'
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

kills: $(B)/unit/test_store $(B)/winnow $(SERVER) $(B)/kill-at ## winnow, and the store's writer, killed at 300 random moments each
	@KILLS=300 tests/run-unit.sh $(B)/unit/test_store
	@KILLS=300 ONLY=kills $(PROGRAMS) tests/cli/golden.t

install: $(B)/winnow ## into PREFIX (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/winnow
	install -m 755 $(B)/winnow $(DESTDIR)$(PREFIX)/bin/winnow
	cp -R prompts $(DESTDIR)$(PREFIX)/share/winnow/

clean: ## remove build/
	rm -rf build

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(wildcard $(B)/tests/*/*.d)
.SECONDARY:
print-libs: ; @echo '$(LIBS)'
print-cppflags: ; @echo '$(CPPFLAGS)'
