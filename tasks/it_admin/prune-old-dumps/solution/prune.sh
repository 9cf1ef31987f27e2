#!/usr/bin/env bash
set -euo pipefail
export LC_ALL=C

delete=no
if [[ ${1:-} == --delete ]]; then
  delete=yes
  shift
fi
folder=${1:-}
if [[ ! -d $folder ]]; then
  echo "no folder $folder"
  exit 2
fi

declare -A kept
doomed=()
shopt -s nullglob
names=()
for path in "$folder"/*; do
  name=${path##*/}
  if [[ -f $path && $name =~ ^(.+)-[0-9]{4}-[0-9]{2}-[0-9]{2}\.sql\.gz$ ]]; then
    names+=("$name")
  fi
done

# Names of one database differ only in the date, so walking backwards meets the newest first.
for ((i = ${#names[@]} - 1; i >= 0; i--)); do
  name=${names[i]}
  database=${name%-????-??-??.sql.gz}
  day=${name%.sql.gz}
  day=${day##*-}
  kept[$database]=$((${kept[$database]:-0} + 1))
  if ((kept[$database] > 3)) && [[ $day != 01 ]]; then
    doomed+=("$name")
  fi
done

for ((i = ${#doomed[@]} - 1; i >= 0; i--)); do
  name=${doomed[i]}
  if [[ $delete == yes ]]; then
    rm -- "$folder/$name"
    echo "removed $name"
  else
    echo "would remove $name"
  fi
done
