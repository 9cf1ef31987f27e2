#!/bin/bash
delete=0
if [ "$1" == "--delete" ]; then delete=1; shift; fi
if [ ! -d $1 ]; then echo "no folder $1"; exit 2; fi
for db in $(ls $1 | sed 's/-....-..-...sql.gz//' | sort -u); do
  for f in $(ls -r $1/$db-*.sql.gz | tail -n +4); do
    n=$(basename $f)
    case $n in *-01.sql.gz) continue;; esac
    if [ $delete = 1 ]; then rm $f; echo removed $n; else echo would remove $n; fi
  done
done
