# Somebody who says otherwise of a text than before is told, in the words of what he said; whatever was drawn, and
# in whatever order it is shown.
mkdir -p prompts/desk
task() {
    cat >prompts/desk/task.json <<END
{ "name": "desk", "about": "$1", "before_proof": "review",
  "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?",
    "choices": { "order": "wants to buy", "fault": "something does not work" } } ] }
END
}
task 'Is it an order or a fault?'
printf 'Sort this.\n{{questions}}\n' >prompts/desk/system.md
printf '{{item.text}}\n' >prompts/desk/user.md
export WINNOW_PROMPTS=$PWD/prompts WINNOW_REVIEWER=ada
printf '{"message":"The lamp does not turn on"}\n{"message":"Three more stools, please"}\n' >monday.jsonl
printf '{"message":"Three more stools, please"}\n{"message":"The shelf is too short"}\n' >tuesday.jsonl
sort_them() { winnow classify desk "$1" -q -f jsonl >out 2>/dev/null; }
end() { grep -E '^you said|^The last word' || echo "nothing is said"; }

sort_them monday.jsonl
yes 1 | winnow review desk | end
echo "== a copy, and another word for it"
sort_them tuesday.jsonl
yes 2 | winnow review desk | end
winnow trust desk | grep people
echo "== taken back: there is nothing to say"
task 'Is it an order, or is it a fault?'
sort_them monday.jsonl
printf '1\nu\nq\n' | winnow review desk | end
echo "== the same items with a changed prompt, and another word for one of them"
yes 1 | winnow review desk | end
winnow trust desk | grep people
echo "== another person may see it otherwise"
task 'Order or fault?'
sort_them monday.jsonl
yes 2 | WINNOW_REVIEWER=bob winnow review desk | end
echo "== nobody can tell: no word"
task 'Order, or fault?'
sort_them monday.jsonl
yes x | winnow review desk | end
