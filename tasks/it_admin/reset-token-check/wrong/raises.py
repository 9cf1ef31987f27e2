import hashlib
import hmac

def make(key, path, expires):
    s = hmac.new(key, f"{path}|{expires}".encode(), hashlib.sha256).hexdigest()
    return f"{path}?e={expires}&s={s}"

def check(key, link, now):
    path, query = link.split("?")
    e, s = query.split("&")
    return hmac.compare_digest(make(key, path, int(e[2:])).split("s=")[1], s[2:]) and now < int(e[2:])
