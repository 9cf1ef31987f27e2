import hashlib
import hmac
import re

LINK = re.compile(r"([^?\n]*)\?e=([0-9]{1,15})&s=([0-9a-f]{64})")


def sign(key: bytes, path: str, expires: int) -> str:
    # A path has no line break, so path and expiry cannot be read in two ways.
    return hmac.new(key, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()


def make(key: bytes, path: str, expires: int) -> str:
    return f"{path}?e={expires}&s={sign(key, path, expires)}"


def check(key: bytes, link: str, now: int) -> bool:
    match = LINK.fullmatch(link)
    if not match:
        return False
    path, expires, signature = match[1], int(match[2]), match[3]
    return hmac.compare_digest(sign(key, path, expires), signature) and now < expires
