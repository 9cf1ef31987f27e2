import re


class BadAmount(Exception):
    pass


def cents_of(text):
    match = re.fullmatch(r"([0-9]+)(?:\.([0-9]{1,2}))?", text)
    cents = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else 0
    if cents <= 0:
        raise BadAmount(text)
    return cents


def text_of(cents):
    return f"{cents // 100}.{cents % 100:02d}"
