"""Arrows between rooms: every include in src points the way that ranks.txt allows."""

from pathlib import Path

import house


def read_ranks(path):
    """Rank of each room (0 outermost) and the forbidden pairs."""
    rank, never = {}, []
    for number, line in enumerate(path.read_text().splitlines()):
        words = line.split("#")[0].split()
        if words[:1] == ["never"]:
            never.append((words[1], words[2]))
        else:
            rank.update({room: number for room in words})
    return rank, never


def under(room, ancestor):
    return room == ancestor or room.startswith(ancestor + "/")


def why_not(rank, never, source, target):
    """Why a room may not include another; empty when it may."""
    if source == target:
        return ""
    if target not in rank:
        return f"{target} is not in ranks.txt"
    if rank[target] < rank[source]:
        return f"{target} stands further out than {source}"
    if rank[target] == rank[source]:
        return f"{target} is a neighbour of {source}"
    if any(under(source, a) and under(target, b) for a, b in never):
        return f"ranks.txt says never {source} {target}"
    return ""


def check(root, _compiler):
    rank, never = read_ranks(Path(__file__).parent / "ranks.txt")
    faults, count = [], 0
    for path in house.files(root, ".h", ".cc", folders=("src",)):
        source = house.room_of(path.relative_to(root / "src"))
        if source not in rank:
            faults.append(f"{path}: its room {source} is not in ranks.txt")
        elif not house.is_test(path):  # a test may build what it needs from any room its program links
            for number, quote, name in house.includes(path):
                if quote == '"':
                    count += 1
                    reason = why_not(rank, never, source, house.room_of(name))
                    if reason:
                        faults.append(f'{path}:{number}: includes "{name}", but {reason}')
    return f"{count} includes", faults


if __name__ == "__main__":
    house.run(check)
