#!/bin/sh
# brief.sh BRIEF_BENCH FOLDER: unpack the summaries beside it, and measure.
set -eu
if [ ! -d "$2" ]; then
    echo "bench-brief: no summaries in $2; say where they are with DATA=FOLDER. Skipped."
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for f in "$2"/*.jsonl "$2"/*.jsonl.xz; do
    case $f in
    *.xz) xz -dc "$f" > "$work/$(basename "$f" .xz)" ;;
    *) [ ! -f "$f" ] || cp "$f" "$work/" ;;
    esac
done
"$1" "$work"
