import hashlib
import hmac

def make(key: bytes, path: str, expires: int) -> str:
    s = hmac.new(key, (path + str(expires)).encode(), hashlib.sha256).hexdigest()
    return f"{path}?e={expires}&s={s}"

def check(key: bytes, link: str, now: int) -> bool:
    try:
        path, query = link.split("?")
        e, s = query.split("&")
        expires = int(e[2:])
        return hmac.compare_digest(link.encode(), make(key, path, expires).encode()) and now < expires
    except ValueError:
        return False
