import json
import sys
from decimal import ROUND_HALF_UP, Decimal


def percent(rates, kind, date):
    valid = [entry for entry in rates.get(kind, []) if entry["from"] <= date]
    return Decimal(max(valid, key=lambda entry: entry["from"])["percent"]) if valid else None


def main():
    with open("rates.json", encoding="utf-8") as file:
        rates = json.load(file)
    for line in sys.stdin:
        date, kind, net = line.split()
        rate = percent(rates, kind, date)
        if rate is None:
            print("no rate")
        else:
            print((Decimal(net) * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP))


main()
