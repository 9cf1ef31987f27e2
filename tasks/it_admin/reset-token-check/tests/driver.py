import json
import os
import sys

work = json.load(sys.stdin)
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import links  # noqa: E402

KEY = b"k" * 32


def run(kind, path, expires, now, raw=None):
    link = links.make(KEY, path, expires)
    if kind == "raw":
        return links.check(KEY, raw, now)
    if kind == "other-key":
        return links.check(b"x" * 32, link, now)
    if kind == "form":
        head, signature = link.split("&s=")
        return head == f"{path}?e={expires}" and len(signature) == 64 and signature == signature.lower() and links.check(KEY, link, now)
    if kind == "swap-path":
        link = link.replace(path, "/etc.pdf", 1)
    if kind == "swap-expiry":
        link = link.replace(f"e={expires}", f"e={expires + 1}")
    if kind == "flip":
        link = link[:-1] + ("0" if link[-1] != "0" else "1")
    if kind == "wander":
        text = str(expires)
        link = link.replace(f"{path}?e={text}", f"{path}{text[0]}?e={text[1:]}")
    return links.check(KEY, link, now)


results = []
for item in work:
    try:
        results.append(bool(run(*item)))
    except Exception:
        results.append("exception")
print(json.dumps(results), file=out, flush=True)
