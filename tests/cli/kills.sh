# The program killed at random moments of its runs: see kills.pl. KILLS=300 KILLS_SEED=7 for more of them.
server_start
perl "$top/tests/cli/kills.pl" "${KILLS:-9}" "${KILLS_SEED:-1}"
server_stop
