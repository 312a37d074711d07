# desk.sh: the task prompts/desk, which tells orders from faults, for the tests of what is proved of it.

# desk CHOICES [MEMBERS]: the members of "choices", and what else is in task.json.
desk() {
    mkdir -p prompts/desk
    cat >prompts/desk/task.json <<END
{ "name": "desk", "about": "Is it an order or a fault?", "target_error": 0.1,$2
  "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?",
    "choices": { $1 } } ] }
END
    printf 'Sort this.\n{{questions}}\n{{examples}}\n' >prompts/desk/system.md
    printf '{{item.text}}\n' >prompts/desk/user.md
    export WINNOW_PROMPTS=$PWD/prompts WINNOW_REVIEWER=ada
}
orders_and_faults='"order": "wants to buy", "fault": "something does not work"'

# texts FROM TO item|example: what a local engine can tell apart; every second one is a fault.
texts() {
    LC_ALL=C awk -v from="$1" -v to="$2" -v how="$3" 'BEGIN {
        split("chairs tables lamps shelves stools benches", thing, " "); split("please want need today soon again", how_said, " ")
        for (i = from; i < to; i++) {
            t = thing[i % 6 + 1]; s = how_said[int(i / 6) % 6 + 1]
            if (i % 2) { text = "The " t " from delivery " i " are broken, one leaks, " s " send somebody to repair"; k = "fault" }
            else { text = "We " s " to order " i " more " t " for the office, send a quote"; k = "order" }
            if (how == "example") printf "{\"text\":\"%s\",\"kind\":\"%s\"}\n", text, k; else printf "{\"message\":\"%s\"}\n", text
        } }'
}

# asked_desk: a model is asked about orders and bugs. Where a bug's text is taken for an order ("inject"), it is wrong.
asked_desk() {
    desk '"purchase": "wants to buy", "bug": "something does not work"' ' "model": "anthropic/claude-haiku-5-5",'
    texts() {
        LC_ALL=C awk -v from="$1" -v to="$2" 'BEGIN {
            split("chairs tables lamps shelves stools benches", thing, " ")
            for (i = from; i < to; i++) {
                t = thing[i % 6 + 1]
                if (i % 2) printf "{\"message\":\"The %s of delivery %d are broken, a bug or an error; who can answer purchase questions?\"}\n", t, i
                else printf "{\"message\":\"We want to buy %d %s for the office\"}\n", i, t
            } }'
    }
}

day() { export WINNOW_NOW=$((1795348800 + 86400 * $1)); }
