# lib.sh: what the command-line tests share; each test runs in an empty folder of its own with its own
# home, settings and clock, so that nothing of the machine shows through.
#
# $WINNOW_BIN and $TEST_SERVER are the programs, $top is the project. Tests call `winnow`.
unset $(env | sed -n 's/^\([A-Z_]*_API_KEY\|[A-Z_]*_BASE_URL\|OLLAMA_HOST\|WINNOW_[A-Z_]*\|CREDENTIALS_DIRECTORY\)=.*/\1/p' \
    | grep -v '^WINNOW_BIN$') 2>/dev/null
export HOME="$PWD" XDG_CONFIG_HOME="$PWD/config" XDG_DATA_HOME="$PWD/data" USER=tester
export LC_ALL=C.UTF-8 TZ=UTC TERM=dumb WINNOW_NOW=1795348800

# The shipped tasks, with so few examples that each test learns them in a blink.
cp -R "$top/prompts" tasks
for f in tasks/*/examples.jsonl; do head -n 48 "$f" >few && mv few "$f"; done
export WINNOW_PROMPTS="$PWD/tasks"

winnow() { "$WINNOW_BIN" "$@"; }

# server_start [OPTIONS]: a test server on a free port; sets $port. It ends with this shell, because
# its standard input closes then.
server_start() {
    mkfifo server.in server.out
    "$TEST_SERVER" "$@" <server.in >server.out 2>server.err &
    server_pid=$!
    exec 8>server.in 9<server.out
    read -r _ address <&9
    port=${address##*:}
    export OPENAI_BASE_URL="http://127.0.0.1:$port/openai/v1" OPENAI_API_KEY=test-1
    export ANTHROPIC_BASE_URL="http://127.0.0.1:$port/anthropic/v1" ANTHROPIC_API_KEY=test-1
    export GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$port/gemini/v1beta" GOOGLE_API_KEY=test-1
    export OPENROUTER_BASE_URL="http://127.0.0.1:$port/openrouter/api/v1" OPENROUTER_API_KEY=test-1
    export LOCAL_BASE_URL="http://127.0.0.1:$port/vllm/v1"
    export OLLAMA_HOST="http://127.0.0.1:$port/ollama/v1"
    export LLAMACPP_BASE_URL="http://127.0.0.1:$port/llamacpp/v1"
    export VLLM_BASE_URL="http://127.0.0.1:$port/vllm/v1"
    export LMSTUDIO_BASE_URL="http://127.0.0.1:$port/lmstudio/v1"
}
server_stop() { exec 8>&- 9<&-; wait "$server_pid" 2>/dev/null; rm -f server.in server.out; }
# server_get PATH, server_post PATH JSON: talk to the server with nothing but perl's own HTTP client.
server_get() { perl -MHTTP::Tiny -e 'print HTTP::Tiny->new->get($ARGV[0])->{content}' "http://127.0.0.1:$port$1"; }
server_post() { perl -MHTTP::Tiny -e 'print HTTP::Tiny->new->post($ARGV[0],{content=>$ARGV[1]})->{content}' "http://127.0.0.1:$port$1" "$2"; }
