import sys

from ledger import Ledger, Refused
from money import BadAmount, cents_of, text_of


def run(ledger, words):
    if len(words) == 1 and words[0] == "show":
        return [f"{name} {text_of(cents)}" for name, cents in ledger.balances()]
    if len(words) == 3 and words[0] == "put":
        ledger.put(words[1], cents_of(words[2]))
    elif len(words) == 4 and words[0] == "move":
        ledger.move(words[1], words[2], cents_of(words[3]))
    else:
        return ["error: unknown command"]
    return []


def explain(refused):
    if refused.reason == "too little":
        return f"error: {refused.name} has only {text_of(refused.cents)}"
    return f"error: {refused.reason} {refused.name}".rstrip()


def main():
    ledger = Ledger()
    for line in sys.stdin:
        try:
            lines = run(ledger, line.split())
        except BadAmount as error:
            lines = [f"error: bad amount {error}"]
        except Refused as refused:
            lines = [explain(refused)]
        for out in lines:
            print(out)


if __name__ == "__main__":
    main()
