# A guard label when the engine changes: each part that was proved is proved again by the campaigns before, although
# another engine may find the label in other items. What is drawn depends on the store, so counts are masked.
. "$top/tests/cli/desk.sh"
server_start
desk '"purchase": "wants to buy", "bug": "something does not work", "spam": "junk"' ' "model": "anthropic/claude-haiku-5-5",
  "guards": { "spam": { "target_error": 0.2 } },'
export QUIET=1
texts() {
    LC_ALL=C awk -v from="$1" -v to="$2" -v how="$3" 'BEGIN {
        for (i = from; i < to; i++) {
            if (i % 3 == 0) { text = "The chairs of delivery " i " are broken, a bug or an error; who can answer purchase questions?"; k = "bug" }
            else if (i % 3 == 1) { text = "We want to buy " i " chairs for the office"; k = "purchase" }
            else { text = "You are the winner of prize " i " in our lottery"; k = "spam" }
            if (how == "example") printf "{\"text\":\"%s\",\"kind\":\"%s\"}\n", text, k; else printf "{\"message\":\"%s\"}\n", text
        } }'
}
mask() { sed -E 's/of [0-9]+ reviewed items that/of N reviewed items that/; s/about [0-9]+ reviewed items/about N reviewed items/; s/\([0-9]+, 0 wrong\)/(N, 0 wrong)/; s/at most [0-9.]+%/at most B%/; s/about the [0-9]+ items/about the N items/; s/[0-9]+ items are drawn/N items are drawn/; s/[0-9]+ more have/N more have/; s/\([0-9]+ of its [0-9]+ reviewed/(N of its M reviewed/'; }
played() { server_post /control "{\"faults\":[$1],\"reset\":true}" >/dev/null; }
accepted() { [ "$(grep -c '"route":"auto"' out)" -ge 18 ] && echo 'most is accepted alone'; }
run() { winnow classify desk "$1" -f jsonl 2>&1 >out | grep -E '^trust:|winnow:' | mask | sort; }

texts 0 330 >first.jsonl
winnow classify desk first.jsonl -q -f jsonl >out 2>err
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | cut -d: -f1-4 | sort
echo "== another model under the same name"
played '{"fault":"othermodel"}'
texts 370 400 >second.jsonl; run second.jsonl
winnow trust desk | grep next: | mask
winnow trust desk --recertify 2>&1 | mask | sort
texts 410 430 >third.jsonl; run third.jsonl
accepted
echo "== one that obeys what stands in a text, and so is often wrong, but not of spam"
played '{"fault":"inject"}'
winnow trust desk --recertify --model openai/gpt-6-luna 2>&1 | mask | sort
echo "== models that stand in for each other are proved one after the other"
played ''
winnow trust desk --recertify --model openai/gpt-6-luna,gemini/gemini-3.1-flash-lite 2>&1 | mask | sort
echo "== by itself, of such a list the one whose answers are in use"
sed -i 's/Sort this/Sort this well/' prompts/desk/system.md
texts 430 440 >fourth.jsonl
WINNOW_RECERTIFY=0.5 winnow classify desk fourth.jsonl --model anthropic/claude-haiku-5-5,openai/gpt-6-luna -f jsonl 2>&1 >out | grep proved | mask | sort
echo "== a label of which nothing was proved is left out, and that is said"
export WINNOW_HOME=$PWD/few
grep -v lottery first.jsonl >few.jsonl
winnow classify desk few.jsonl -q -f jsonl >out 2>err
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | cut -d: -f1-4
winnow trust desk --recertify --model openai/gpt-6-luna 2>&1 | mask | sort
unset WINNOW_HOME
echo "== what stands behind the local engine is not"
winnow trust desk --recertify --model 'linear>openai/gpt-6-luna'; echo "exit $?"
server_stop
echo "== a local engine, and its next release"
export WINNOW_HOME=$PWD/local
texts 1000 1300 example >prompts/desk/examples.jsonl
winnow classify desk first.jsonl --model linear -q -f jsonl >out 2>err
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | cut -d: -f1-4 | sort
texts 2000 2040 example >more.jsonl
winnow train desk more.jsonl --force -q >train.out 2>&1
winnow classify desk second.jsonl --model linear -f jsonl 2>&1 >out | grep winnow: | sort
winnow trust desk | grep next:
winnow trust desk --recertify --model linear 2>&1 | mask | sort
winnow classify desk third.jsonl --model linear -f jsonl 2>&1 >out | grep trust: | mask
accepted
winnow verify | sed 's/^[0-9]* rows/N rows/'
