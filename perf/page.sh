#!/usr/bin/env bash
# The page's bars beside what is measured: weight, first paint, time to the answer, sliders, advise, Lighthouse.
# RIGWISE_LIGHTHOUSE names a lighthouse program when there is one (npm install lighthouse, anywhere).
set -euo pipefail
exec "$(dirname "$0")/../script/web" bars
