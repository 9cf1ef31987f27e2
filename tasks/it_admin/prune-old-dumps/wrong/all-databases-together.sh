#!/usr/bin/env bash
delete=
[[ $1 == --delete ]] && delete=1 && shift
[[ -d $1 ]] || { echo "no folder $1"; exit 2; }
cd -- "$1" || exit 2
shopt -s nullglob
files=(*-????-??-??.sql.gz)
for ((i = 0; i < ${#files[@]} - 3; i++)); do
  f=${files[i]}
  [[ $f == *-01.sql.gz ]] && continue
  if [[ $delete ]]; then rm -- "$f" && echo "removed $f"; else echo "would remove $f"; fi
done
