# Wrong settings, keys and stores: each is said before anything is read, sent or written.
try() { echo "\$ winnow $*"; winnow "$@"; echo "exit $?"; ls data 2>/dev/null; echo; }
printf 'message\nhello there\n' >leads.csv
try classify lead-intent leads.csv --model openai/gpt-6-luna
try classify lead-intent leads.csv --model opnai/gpt-6-luna
try classify lead-intent leads.csv --model linear,
export OPENAI_API_KEY=test-1
OPENAI_BASE_URL=http://192.0.2.1/v1 try classify lead-intent leads.csv --model openai/gpt-6-luna
LOCAL_BASE_URL=http://models.example.com/v1 try classify lead-intent leads.csv --model local/some
try classify lead-intent leads.csv --model local/some
WINNOW_IN_FLIGHT=many try classify lead-intent leads.csv
echo 'WINNOW_TIMEOUT' >.env
try classify lead-intent leads.csv
rm .env
WINNOW_KEY=tooshort try classify lead-intent leads.csv
mkdir -p config/winnow data/winnow
echo 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' >config/winnow/key
chmod 644 config/winnow/key
try classify lead-intent leads.csv
chmod 600 config/winnow/key
echo 'this is no database, but a shopping list: milk, eggs, flour, and so on' >data/winnow/winnow.db
cp data/winnow/winnow.db before
try classify lead-intent leads.csv
cmp before data/winnow/winnow.db && echo "the file is as it was"
