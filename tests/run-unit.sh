#!/bin/sh
# Run each unit test program; its output is shown only where it fails. Ends with one closing line.
passed=0 failed=0
for t in "$@"; do
    if out=$("$t" 2>&1); then
        n=$(printf '%s\n' "$out" | sed -n 's/.*\[  PASSED  \] \([0-9]*\) test.*/\1/p' | tail -n 1)
        passed=$((passed + ${n:-0}))
        [ "${n:-0}" -gt 0 ] || { echo "${t##*/}: ran no test"; failed=$((failed + 1)); }
    else
        printf '%s\n' "--- ${t##*/}" "$out"
        failed=$((failed + 1))
    fi
done
echo "unit: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
