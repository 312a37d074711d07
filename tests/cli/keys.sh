# The key: where it is, rotated, replaced by a passphrase and back; a wrong one is refused at once.
try() { echo "\$ winnow $*"; winnow "$@" 2>&1 | sed 's/[0-9a-f]\{16\}/KEYID/g'; }
cat >leads.csv <<'END'
Message
"Could you show us the planner next week? We are 40 people."
"I want my money back, this is a disgrace."
END
try key
try key export spare
try key create
try key create
winnow classify lead-intent leads.csv -q -f jsonl >first.jsonl
try key
try key verify
try key create
try key create spare-key
stat -c '%a %n' config/winnow/key spare-key
try key create spare-key
try key export data/winnow/key
try key export safe/key
mkdir safe && try key export safe/key
cmp config/winnow/key safe/key && echo "the copy is the key"
try key rotate
try verify | sed 's|^[0-9]* rows|N rows|'
echo "== a new root key; the copy opens the store no more"
try key rotate --root
cmp -s config/winnow/key safe/key || echo "it is another key"
WINNOW_KEY_FILE=safe/key try key verify
try verify | sed 's|^[0-9]* rows|N rows|'
WINNOW_KEY=$(cat config/winnow/key) try key rotate --root
WINNOW_KEY=$(cat config/winnow/key) try key rotate --root --to safe/key
WINNOW_KEY=$(cat config/winnow/key) try key rotate --root --to safe/second
try key verify
WINNOW_KEY_FILE=safe/second try verify | sed 's|^[0-9]* rows|N rows|'
export WINNOW_KEY_FILE=safe/second
echo "== a change of the root key that was cut off before the file was in its place"
cp safe/second safe/old && winnow key rotate --root >/dev/null && mv safe/second safe/second.new && mv safe/old safe/second
try key verify
try key verify
echo "== a passphrase"
unset WINNOW_KEY_FILE
rm config/winnow/key
echo "short" >phrase && chmod 600 phrase
WINNOW_KEY_FILE=safe/second try key passphrase --new-passphrase-file phrase
echo "nine brass lanterns over the canal" >phrase
WINNOW_KEY_FILE=safe/second try key passphrase --new-passphrase-file phrase
try key
try verify | sed 's|^[0-9]* rows|N rows|'
try verify --passphrase-file phrase | sed 's|^[0-9]* rows|N rows|'
WINNOW_PASSPHRASE_FILE=phrase try key export safe/third
echo "nine brass lanterns over the river" >wrong && chmod 600 wrong
try verify --passphrase-file wrong
chmod 644 wrong
try verify --passphrase-file wrong
mkdir credentials && cp phrase credentials/winnow-passphrase && chmod 440 credentials/winnow-passphrase
CREDENTIALS_DIRECTORY=$PWD/credentials try verify | sed 's|^[0-9]* rows|N rows|'
winnow classify lead-intent leads.csv -q -f jsonl --passphrase-file phrase >second.jsonl
cmp first.jsonl second.jsonl && echo "the same results"
echo "== and back to a key"
try key rotate --root --passphrase-file phrase
try verify | sed 's|^[0-9]* rows|N rows|'
echo "== a key beside the store"
mv config/winnow/key data/winnow/key
export WINNOW_KEY_FILE=$PWD/data/winnow/key
try key
try doctor --offline | grep -A1 '  key '
try key rotate --to x
try key frobnicate
