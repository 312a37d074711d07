#!/bin/sh
# pack.sh: dollars per 1,000 short items, one by one and packed, with each provider's prompt cache played by the
# test server. The items are the texts of fixtures/gold; tokens are four bytes each, prices those of model.c.
set -eu
bin=$1 top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
unset WINNOW_HOME WINNOW_PROMPTS WINNOW_MODEL WINNOW_MAX_COST WINNOW_MAX_COST_DAY WINNOW_PRICES 2>/dev/null || true
export XDG_CONFIG_HOME="$dir/config" XDG_DATA_HOME="$dir/data" OPENAI_API_KEY=test-1 ANTHROPIC_API_KEY=test-1 \
    GOOGLE_API_KEY=test-1 OPENROUTER_API_KEY=test-1 WINNOW_IN_FLIGHT=1

mkfifo in
"$bin/test-server" --control '{"prompt_cache":true}' <in >port 2>/dev/null &
exec 3>in
while [ ! -s port ]; do :; done
address=$(sed 's/listening //' port)
export OPENAI_BASE_URL="http://$address/openai/v1" ANTHROPIC_BASE_URL="http://$address/anthropic/v1" \
    GOOGLE_GEMINI_BASE_URL="http://$address/gemini/v1beta" OPENROUTER_BASE_URL="http://$address/openrouter/api/v1"

# price TASK MODEL K: what 1,000 items cost, what the run says they would have cost alone, and its requests
price() {
    perl -MHTTP::Tiny -e 'HTTP::Tiny->new->post("http://$ARGV[0]/control", { content => q({"reset":true}) })' "$address"
    "$bin/winnow" classify "$top/prompts/$1" "$1.jsonl" --map text=text --model "$2" --pack "$3" --no-cache --json \
        -f jsonl 2>&1 >/dev/null | perl -MJSON::PP -ne '$o = decode_json($_) if /^\{/; END {
            printf "%.4f %.4f %d\n", $o->{cost_usd} * 1000 / $o->{in},
                $o->{packed} ? ($o->{cost_usd} - $o->{packed_usd} + $o->{one_by_one_usd}) * 1000 / $o->{in} : 0, $o->{requests} }'
}

printf '%-16s %-12s %10s %8s %8s %8s\n' task model 'one by one' 'pack 8' 'pack 16' said
for task in lead-intent email-triage support-ticket document-fields; do
    perl -MJSON::PP -ne 'my $o = decode_json($_); print encode_json({ text => $o->{text} }), "\n"' \
        "$top/fixtures/gold/$task.jsonl" >$task.jsonl
    for model in openai anthropic gemini openrouter; do
        set -- $(price $task $model 1)
        one=$1
        set -- $(price $task $model 8)
        eight=$1
        set -- $(price $task $model 16)
        printf '%-16s %-12s %10s %8s %8s %8s\n' $task $model "$one" "$eight" "$1" "$2"
    done
done
exec 3>&-
wait
