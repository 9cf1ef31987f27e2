#!/bin/bash
[ "$1" = "--delete" ] && { del=1; shift; }
[ -d "$1" ] || { echo "no folder $1"; exit 2; }
cd "$1"
ls -t *.sql.gz | grep -v -- '-01.sql.gz' | tail -n +4 | while read -r f; do
  if [ -n "$del" ]; then rm -- "$f"; echo "removed $f"; else echo "would remove $f"; fi
done
