#!/usr/bin/env bash
# What the GitHub Action runs; it runs anywhere else in the same way. Everything is said by environment variables, those of
# lists with one entry to a line:
#
#   LOCKSTEP           the command [lockstep]
#   LOCKSTEP_COMMAND   conform, merge, fuzz or site [conform]
#   LOCKSTEP_ENGINES   engines [the semantics; for fuzz, wasmtime]
#   LOCKSTEP_SUITE     scripts and folders of them [the embedded suite]
#   LOCKSTEP_EXPECT    the file of expectations
#   LOCKSTEP_BASELINE  the JSON report of an earlier run; one that is not there is left out
#   LOCKSTEP_SHARD     a part, such as 2/5
#   LOCKSTEP_TIME      how long a campaign runs, in seconds [600]
#   LOCKSTEP_STATE     the folder of a campaign, or of the reports to merge or to make a site of
#   LOCKSTEP_OUT       where reports or pages go [lockstep-report]
#   LOCKSTEP_OPTIONS   further options, one word to a line
#   LOCKSTEP_FAIL      whether findings make the step fail: true or false [true]
#
# GITHUB_OUTPUT and GITHUB_STEP_SUMMARY are files that GitHub reads; without them, nothing is written there. The exit code is
# that of the command: docs/ci.md.
set -euo pipefail

lockstep=${LOCKSTEP:-lockstep}
command=${LOCKSTEP_COMMAND:-conform}
out=${LOCKSTEP_OUT:-lockstep-report}
fail=${LOCKSTEP_FAIL:-true}

die() {
    echo "error: $*" >&2
    exit 2
}

# Adds an option for each line of a list, or the line alone where there is no option.
args=()
each() {
    local option=$1 line
    while IFS= read -r line; do
        line="${line#"${line%%[![:space:]]*}"}"
        line="${line%"${line##*[![:space:]]}"}"
        if [ -z "$line" ]; then continue; fi
        if [ -n "$option" ]; then args+=("$option"); fi
        args+=("$line")
    done <<<"$2"
}

output() {
    if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "$1=$2" >>"$GITHUB_OUTPUT"; fi
}

case "$fail" in true | false) ;; *) die "LOCKSTEP_FAIL is true or false, not '$fail'" ;; esac
mkdir -p "$out"
summary=
each --engine "${LOCKSTEP_ENGINES:-}"
reports() {
    # A comment may have less than a summary.
    summary=$out/summary.md
    args+=(--report "json=$out/report.json" --report "brief=$out/brief.json" --report "junit=$out/junit.xml")
    args+=(--report "html=$out/report.html" --report "markdown=$out/report.md")
    args+=(--report "summary=$summary")
    output report "$out/report.json"
    output brief "$out/brief.json"
    output junit "$out/junit.xml"
    output html "$out/report.html"
    output markdown "$out/report.md"
}

baseline() {
    if [ -z "${LOCKSTEP_BASELINE:-}" ]; then return; fi
    # The first run of all has none.
    if [ -e "$LOCKSTEP_BASELINE" ]; then
        args+=(--baseline "$LOCKSTEP_BASELINE")
    else
        echo "there is no baseline $LOCKSTEP_BASELINE: nothing to compare with" >&2
    fi
}

case "$command" in
    conform)
        if [ -n "${LOCKSTEP_EXPECT:-}" ]; then args+=(--expect "$LOCKSTEP_EXPECT"); fi
        if [ -n "${LOCKSTEP_SHARD:-}" ]; then args+=(--shard "$LOCKSTEP_SHARD"); fi
        baseline
        reports
        each "" "${LOCKSTEP_OPTIONS:-}"
        each "" "${LOCKSTEP_SUITE:-}"
        ;;
    merge)
        if [ -z "${LOCKSTEP_STATE:-}" ]; then die "LOCKSTEP_STATE is the folder of the shards' reports"; fi
        command="report merge"
        args=()
        while IFS= read -r -d '' report; do args+=("$report"); done \
            < <(find "$LOCKSTEP_STATE" -name report.json -print0 | sort -z)
        if [ ${#args[@]} = 0 ]; then die "no report.json in $LOCKSTEP_STATE or below"; fi
        baseline
        reports
        each "" "${LOCKSTEP_OPTIONS:-}"
        ;;
    fuzz)
        if [ -z "${LOCKSTEP_STATE:-}" ]; then die "LOCKSTEP_STATE is the folder of the campaign"; fi
        args+=(--out "$LOCKSTEP_STATE" --time "${LOCKSTEP_TIME:-600}")
        each "" "${LOCKSTEP_OPTIONS:-}"
        summary=$out/fuzz.txt
        output findings "$LOCKSTEP_STATE/findings"
        ;;
    site)
        if [ -z "${LOCKSTEP_STATE:-}" ]; then die "LOCKSTEP_STATE is the folder of the reports"; fi
        command="report site"
        args=("$LOCKSTEP_STATE" --out "$out")
        each "" "${LOCKSTEP_OPTIONS:-}"
        output site "$out"
        ;;
    *) die "there is no command '$command': conform, merge, fuzz or site" ;;
esac

code=0
# The words of the command are apart on purpose.
# shellcheck disable=SC2086
if [ "$command" = fuzz ]; then
    "$lockstep" $command "${args[@]}" | tee "$summary" || code=${PIPESTATUS[0]}
else
    "$lockstep" $command "${args[@]}" || code=$?
fi

case $code in
    0) result=passed ;;
    1) result=findings ;;
    *) result=incomplete ;;
esac
output exit-code "$code"
output result "$result"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -n "$summary" ] && [ -s "$summary" ]; then
    case "$summary" in
        *.md) cat "$summary" >>"$GITHUB_STEP_SUMMARY" ;;
        *) { echo '```'; cat "$summary"; echo '```'; } >>"$GITHUB_STEP_SUMMARY" ;;
    esac
fi
# What can vouch for nothing fails in any case.
if [ "$code" = 1 ] && [ "$fail" = false ]; then exit 0; fi
exit "$code"
