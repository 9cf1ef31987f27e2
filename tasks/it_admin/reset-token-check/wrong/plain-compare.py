import hashlib
import hmac
import re

def make(key, path, expires):
    return f"{path}?e={expires}&s=" + hmac.new(key, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()

def check(key, link, now):
    m = re.fullmatch(r"([^?]*)\?e=(\d+)&s=(.*)", link)
    return bool(m) and now <= int(m[2]) and make(key, m[1], int(m[2])) == link
