class Duct:
    def __init__(self, q, d):
        self.q = q
        self.d = d

    def velocity(self):
        return self.q / 3600 / (3.141592653589793 * self.d ** 2 / 4)
