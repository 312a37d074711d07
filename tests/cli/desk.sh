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

day() { export WINNOW_NOW=$((1795348800 + 86400 * $1)); }
