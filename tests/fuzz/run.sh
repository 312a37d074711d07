#!/bin/sh
# run.sh: each fuzz target under libFuzzer for FUZZ_SECONDS (default 60), starting from its corpus.
# New inputs stay in build/fuzz-NAME; copy what is worth keeping to fixtures/corpus/NAME.
set -eu
command -v clang >/dev/null || { echo "make fuzz needs clang (Debian: apt-get install clang)" >&2; exit 3; }
make --no-print-directory B=build/libfuzzer CC=clang \
    CFLAGS="-O1 -g -fsanitize=address,undefined,fuzzer-no-link" build/libfuzzer/libwinnow.a
libs="$(make -s --no-print-directory print-libs)"
cpp="$(make -s --no-print-directory print-cppflags)"
for src in tests/fuzz/fuzz_*.c; do
    name=$(basename "$src" .c); name=${name#fuzz_}
    mkdir -p "build/fuzz-$name"
    clang -std=c17 $cpp -O1 -g -fsanitize=address,undefined,fuzzer \
        -o "build/libfuzzer/$name" "$src" build/libfuzzer/libwinnow.a $libs
    echo "== $name"
    "build/libfuzzer/$name" -max_total_time="${FUZZ_SECONDS:-60}" -rss_limit_mb=2048 -print_final_stats=0 \
        "build/fuzz-$name" "fixtures/corpus/$name"
done
