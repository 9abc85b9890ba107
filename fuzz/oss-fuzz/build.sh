#!/usr/bin/env bash
# Builds all fuzz targets for OSS-Fuzz or ClusterFuzzLite: from $SRC/lockstep to $OUT, each with its seeds. Options that
# `cargo fuzz build` is to have besides come as arguments, such as `-s none` to try it on stable.
set -euo pipefail
cd "${SRC:?}/lockstep/fuzz"

cargo fuzz build -O "$@"
triple=$(rustc -vV | sed -n 's/^host: //p')
target=${CARGO_TARGET_DIR:-target}

# The seeds are made on this machine and run nowhere else: without what the base image sets for fuzzing.
seeds=$(mktemp -d)
env -u RUSTFLAGS -u CFLAGS -u CXXFLAGS cargo run --locked --example seeds -- "$seeds" ../corpus

for source in fuzz_targets/*.rs; do
    name=$(basename "$source" .rs)
    cp "$target/$triple/release/$name" "${OUT:?}/"
    case $name in
        decode | validate | text | run) kind=modules ;;
        *) kind=entropy ;;
    esac
    rm -f "$OUT/${name}_seed_corpus.zip"
    (cd "$seeds/$kind" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
    # As in the README.
    printf '[libfuzzer]\ntimeout = 25\nrss_limit_mb = 2048\n' >"$OUT/$name.options"
done
rm -r "$seeds"
