# trust.mk: does the error bound hold? 200 simulated reviewers on each data set; tests/bench/README.md has the
# table. DATA is a folder with banking77/, clinc150/ or hwu64/, each with train.jsonl and dev.jsonl ({"text", "label"}).
DATA       ?= ../shared/data
TRUST_SETS := $(wildcard $(addprefix $(DATA)/,banking77 clinc150 hwu64))

.PHONY: bench-trust
bench-trust: $(B)/bench/trust_bench ## thresholds proved on reviewed items, applied to fresh ones
	@if [ -z "$(TRUST_SETS)" ]; then \
	  echo "bench-trust: no banking77, clinc150 or hwu64 in $(DATA); DATA=FOLDER names another place."; \
	else $< $(TRUST_SETS); fi
