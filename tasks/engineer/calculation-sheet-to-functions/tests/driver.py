import json
import os
import sys

work = json.load(sys.stdin)
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import duct  # noqa: E402

results = []
for name, *args in work:
    try:
        results.append(getattr(duct, name)(*args))
    except Exception as error:
        results.append(type(error).__name__)
print(json.dumps(results), file=out, flush=True)
