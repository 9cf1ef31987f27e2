"""What checks see of an answer: normalised words, numbers, fenced blocks, JSON."""
import json
import re
import unicodedata

FOLD = {0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x201C: '"', 0x201D: '"', 0x00AB: '"', 0x00BB: '"', 0x2010: "-",
        0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2212: "-", ord("*"): None, ord("`"): None}
NUMBER = re.compile(r"(?<![\w.,])(?P<sign>[-(]\s?)?[$€£]?\s?(?P<digits>\d{1,3}(?:[ '.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\w])"
                    r"|(?<![\w.,])(?P<sign2>[-(]\s?)?[$€£]?\s?(?P<digits2>\d{1,3}(?:[ '.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)")
BLOCK = re.compile(r"^[ \t]*(`{3,}|~{3,})([^\n`]*)\n(.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
ALIASES = {
    "cpp": {"cpp", "c++", "cc", "cxx"}, "python": {"python", "py", "python3"}, "javascript": {"javascript", "js", "node"},
    "typescript": {"typescript", "ts"}, "bash": {"bash", "sh", "shell"}, "sql": {"sql", "sqlite"}, "go": {"go", "golang"},
    "text": {"", "text", "txt", "plain"},
}


def visible(answer):
    """The answer without the model's thinking, with LF line ends."""
    text = answer.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"\A\s*<think>.*?</think>", "", text, flags=re.S)


def folded(text):
    """NFKC, typographic quotes and dashes as ASCII, no * and `; lines are kept."""
    return unicodedata.normalize("NFKC", text).translate(FOLD)


def normal(text):
    return re.sub(r"\s+", " ", folded(text).casefold()).strip()


def is_word(char):
    return char.isalnum() or char == "_"


def has_term(haystack, term):
    """`term` as whole words in a text that is already normal(); a trailing * matches the start of a word."""
    prefix = term.endswith("*")
    needle = normal(term.rstrip("*"))
    at = haystack.find(needle)
    while needle and at >= 0:
        end = at + len(needle)
        before = at == 0 or not is_word(needle[0]) or not is_word(haystack[at - 1])
        after = prefix or end == len(haystack) or not is_word(needle[-1]) or not is_word(haystack[end])
        if before and after:
            return True
        at = haystack.find(needle, at + 1)
    return False


def readings(digits):
    """The values a written number can have: 1.234 is 1.234 or 1234."""
    plain = re.sub(r"[ ']", "", digits)
    values = set()
    for group, point in ((",", "."), (".", ",")):
        text = plain.replace(group, "").replace(point, ".")
        if text.count(".") <= 1:
            values.add(float(text))
    return values


def numbers(text):
    """(values, start, end) of every number in a folded text."""
    found = []
    for match in NUMBER.finditer(text):
        sign = match.group("sign") or match.group("sign2") or ""
        digits = match.group("digits") or match.group("digits2")
        negative = sign.startswith("-") or (sign.startswith("(") and text[match.end():match.end() + 1] == ")")
        found.append(({-v if negative else v for v in readings(digits)}, match.start(), match.end()))
    return found


def after_label(text, label):
    """What follows the last `label` that starts a line or stands before a colon; None without one."""
    rest = None
    for line in folded(text).split("\n"):
        bare = line.strip().lstrip("#>-_ ").strip()
        if bare.casefold().startswith(folded(label).casefold()):
            tail = bare[len(folded(label)):]
            if not tail or not is_word(tail[0]):
                rest = tail.replace("_", " ")
    return rest


def blocks(answer):
    """Fenced blocks: (info string, line before the fence, body)."""
    found = []
    for match in BLOCK.finditer(answer):
        before = answer[:match.start()].rstrip("\n").rsplit("\n", 1)[-1]
        found.append((match.group(2).strip(), before, match.group(3)))
    return found


def code_files(answer, language, names):
    """name -> code. One file: the block that names it, else the longest of its language, else an answer without fences.

    Several files: each is the last block that names it: in the info string, the line before, or its first line.
    """
    found = blocks(answer)
    files = {}
    for name in names:
        named = [b for info, before, b in found if mentions(name, info) or mentions(name, before) or mentions(name, b.split("\n", 1)[0])]
        if named:
            files[name] = max(named, key=len) if len(names) == 1 else named[-1]
    if len(names) == 1 and not files:
        name = names[0]
        ours = [b for info, _, b in found if (info.split() or [""])[0].lower() in ALIASES[language]]
        ours = ours or [b for info, _, b in found if not info]
        if ours:
            files[name] = max(ours, key=len)
        elif not found and answer.strip():
            files[name] = answer
    return files


def mentions(name, line):
    return re.search(r"(?<![\w./-])" + re.escape(name) + r"(?![\w/-])", line) is not None


def find_json(answer):
    """The last fenced block that parses, else the whole answer, else from its first bracket to its last."""
    tries = [body for _, _, body in reversed(blocks(answer))] + [answer]
    for opening, closing in (("{", "}"), ("[", "]")):
        start, end = answer.find(opening), answer.rfind(closing)
        if 0 <= start < end:
            tries.append(answer[start:end + 1])
    for text in tries:
        try:
            value = json.loads(text)
        except ValueError:
            continue
        if isinstance(value, (dict, list)):
            return value
    return None
