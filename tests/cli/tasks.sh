# Tasks: listed, and checked with file and line; a wrong one is refused before anything is read.
winnow tasks | grep -v '^ '
winnow tasks check
mkdir -p prompts/wrong
cat >prompts/wrong/task.json <<'END'
{ "name": "wrong", "about": "A task with faults",
  "target_error": 0.9,
  "questions": [
    { "name": "kind", "type": "choise", "ask": "What is it?",
      "choices": { "a": "first", "A": "the same again" } },
    { "name": "company", "type": "text", "form": "compny", "ask": "Which company?" }
  ],
  "always_review": [
    { "name": "pricing", "when": { "question": "intent", "any": ["pricing_request"] } }
  ],
  "routes": [ { "owner": "sales" }, { "when": { "question": "kind", "any": ["b"] }, "owner": "ops" } ]
}
END
echo 'Sort this. {{questons}}' >prompts/wrong/system.md
echo '{{item.text}}' >prompts/wrong/user.md
printf '{"text": "hello", "kind": "c"}\n{"text": \n' >prompts/wrong/examples.jsonl
winnow tasks check prompts/wrong
echo "exit $?"
echo 'hello there' >mail.txt
winnow classify prompts/wrong mail.txt
echo "exit $?"
ls data 2>/dev/null
winnow tasks check nothing
