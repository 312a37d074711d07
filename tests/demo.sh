#!/bin/sh
# demo.sh WINNOW: the main job on real input with no key: leads and mail sorted by the linear engine,
# in a store of its own that is thrown away.
set -eu
winnow=$1
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export WINNOW_HOME="$home/store" XDG_CONFIG_HOME="$home/config" WINNOW_PROMPTS="$PWD/prompts" WINNOW_MODEL=linear
unset WINNOW_KEY WINNOW_KEY_FILE 2>/dev/null || true
say() { printf '\n$ %s\n' "$*"; }
say winnow classify lead-intent fixtures/items/leads.csv
"$winnow" classify lead-intent fixtures/items/leads.csv
say winnow classify email-triage fixtures/items/inbox.mbox
"$winnow" classify email-triage fixtures/items/inbox.mbox
cat <<'END'

Each item above was accepted (auto), or waits for a person with the reason beside it (review).
Everything ran on this machine with no key. With one, the same command asks an LLM:

  OPENAI_API_KEY=... winnow classify lead-intent fixtures/items/leads.csv --model openai/gpt-6-luna

and `winnow review lead-intent` shows what waits. The program is build/winnow.
END
