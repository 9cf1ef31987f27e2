class Refused(Exception):
    """Why a command was not carried out; `cents` is what there is, where that is the reason."""

    def __init__(self, reason, name="", cents=0):
        super().__init__(reason)
        self.reason, self.name, self.cents = reason, name, cents


class Ledger:
    def __init__(self):
        self._cents = {}

    def put(self, name, cents):
        self._cents[name] = self._cents.get(name, 0) + cents

    def move(self, source, target, cents):
        if source == target:
            raise Refused("same account")
        if source not in self._cents:
            raise Refused("no account", source)
        if self._cents[source] < cents:
            raise Refused("too little", source, self._cents[source])
        self._cents[source] -= cents
        self.put(target, cents)

    def balances(self):
        return sorted(self._cents.items())
