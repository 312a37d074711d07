# linear.mk: the figures of the linear engine, with their targets beside them.
# WINNOW_DATA is a folder with banking77/, clinc150/ and hwu64/, each with train.jsonl and dev.jsonl
# ({"text", "label"}). Where fasttext is installed, its training time on the same rows stands beside ours,
# else the line says that it was skipped.
WINNOW_DATA ?= data
BENCH_SETS  ?= banking77 clinc150 hwu64

.PHONY: bench-linear
bench-linear: $(B)/bench/linear_bench ## accuracy, calibration, speed and size of the linear engine
	@$< $(BENCH_SETS:%=$(WINNOW_DATA)/%)

$(B)/bench/linear_bench: $(B)/tests/bench/fasttext.o

$(B)/bench/%: $(B)/tests/bench/%.o $(B)/libwinnow.a
	@mkdir -p $(@D)
	@echo '  link  $@'
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
