# A batch is handed in and paid for once, wherever the run is killed: at each step the server has done its part
# and the run dies before it hears of it. The same command goes on, and the results are all there.
unset WINNOW_NOW # where a batch has no name it is known by its time
server_start
i=0; while [ $i -lt 8 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
winnow classify lead-intent leads.jsonl --model linear -q >/dev/null 2>&1 # learns the task once
cp -R data learned
again() { winnow classify lead-intent leads.jsonl --model $model -q -f jsonl --batch "$@"; }
jobs_there() { # how many batches the provider has
    server_post /control '{"batch_page":100}' >/dev/null
    perl -MHTTP::Tiny -e 'print HTTP::Tiny->new->get($ARGV[0], {headers => {authorization => "Bearer test-1",
        "x-api-key" => "test-1", "x-goog-api-key" => "test-1", "anthropic-version" => "2026-10-21"}})->{content}' \
        "http://127.0.0.1:$port$list" | grep -o 'job[0-9]*' | sort -u | wc -l
}
finish() { # STEP: run on until the results are there
    for n in 1 2 3 4 5; do
        again >out 2>>err
        [ "$(grep -c . out)" -eq 8 ] && break
    done
    echo "$model, $1: $(grep -c '"cached":true' out) results, $(jobs_there) at the provider," \
        "$(winnow batch | sed 's/.*\(b0001\).* \([0-9]* answered, [0-9]* not, $[0-9.]*\).*/\1 \2/')"
    sed -n 's/^winnow: \(b0001: .*\)/\1/; s/ [a-z]*[-_]job[0-9]* / BATCH /p' err
}
# killed STEP PATH RUNS: die at the first request to the path, after so many whole runs
killed() {
    rm -rf data && cp -R learned data
    : >err
    server_post /control '{"reset":true}' >/dev/null
    for n in $(seq $3); do again >/dev/null 2>>err; done
    server_post /control '{"faults":[{"fault":"timeout","path":"'$2'","times":1,"tell":true}]}' >/dev/null
    "$WINNOW_BIN" classify lead-intent leads.jsonl --model $model -q --batch >/dev/null 2>>err & run=$!
    read -r _ hit _ <&9
    kill -9 $run
    wait $run 2>/dev/null
    server_post /control '{"faults":[]}' >/dev/null
    finish "killed at $1"
}
# answer FAULT PATH: the run lives, and the answer to its creation goes wrong
answer() {
    rm -rf data && cp -R learned data
    server_post /control '{"reset":true,"faults":[{"fault":"'$1'","path":"'$2'","times":1}]}' >/dev/null
    again >/dev/null 2>err
    finish "$1"
}
model=openai list=/openai/v1/batches
killed upload /files 0
killed creation /batches 0
killed state /batches/ 1
killed results /content 2
answer reset /batches
answer 503 /batches
model=anthropic list=/anthropic/v1/messages/batches
killed creation /messages/batches 0
killed state /messages/batches/ 1
killed results /results 2
answer reset /messages/batches
model=gemini list=/gemini/v1beta/batches
killed creation :batchGenerateContent 0
killed state /batches/ 1
answer reset :batchGenerateContent
model=openrouter list=/openrouter/api/beta/batches
killed creation /beta/batches 0
killed state /beta/batches/ 1
answer cut /beta/batches

echo "== it stands on a later page of the list"
later() { # PATH: killed at the creation; until the run goes on, another store hands in five
    rm -rf data other && cp -R learned data && cp -R learned other
    server_post /control '{"reset":true,"batch_page":2,"faults":[{"fault":"timeout","path":"'$1'","times":1,"tell":true}]}' >/dev/null
    "$WINNOW_BIN" classify lead-intent leads.jsonl --model $model -q --batch >/dev/null 2>&1 & run=$!
    read -r _ hit _ <&9
    kill -9 $run
    wait $run 2>/dev/null
    server_post /control '{"faults":[]}' >/dev/null
    for n in 1 2 3 4 5; do
        head -n $n leads.jsonl | sed "s/planner/calendar $n/" >others.jsonl
        XDG_DATA_HOME=$PWD/other winnow classify lead-intent others.jsonl --model $model -q -f jsonl --batch >/dev/null 2>&1
    done
    : >err
    finish "five newer ones"
}
model=openai list=/openai/v1/batches; later /batches
model=anthropic list=/anthropic/v1/messages/batches; later /messages/batches
model=gemini list=/gemini/v1beta/batches; later :batchGenerateContent
model=openrouter list=/openrouter/api/beta/batches; later /beta/batches

echo "== what looks like ours and is not"
model=anthropic list=/anthropic/v1/messages/batches
sed 's/planner/calendar/' leads.jsonl >others.jsonl
rm -rf data && cp -R learned data
server_post /control '{"reset":true,"faults":[{"fault":"503","path":"/messages/batches","times":1,"tell":true}]}' >/dev/null
# The run is killed before its batch was made; meanwhile another store makes one of that size.
"$WINNOW_BIN" classify lead-intent leads.jsonl --model $model -q --batch >/dev/null 2>&1 & run=$!
read -r _ hit _ <&9
kill -9 $run
wait $run 2>/dev/null
server_post /control '{"faults":[]}' >/dev/null
cp -R learned other
XDG_DATA_HOME=$PWD/other winnow classify lead-intent others.jsonl --model $model -q --batch >/dev/null 2>&1
: >err
for n in 1 2 3; do again >/dev/null 2>>err; done
finish "another's"
server_stop
