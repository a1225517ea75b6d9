"""Moving boxes apart until none overlaps another: labels and circles on a map."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

Pair = tuple[float, float]
ROUNDS, GAP = 400, 0.02


def spread_out(places: Sequence[Pair], halves: Sequence[Pair], room: Pair) -> list[Pair]:
    """Centres near these places, such that boxes of these half widths and heights neither overlap nor leave the room.

    Two boxes that overlap move apart, mostly in the direction in which they overlap less; in some crowds a small overlap stays.

    >>> spread_out([(1.0, 1.0), (1.2, 1.0)], [(0.5, 0.5), (0.5, 0.5)], (4.0, 4.0))
    [(0.59, 0.8633), (1.61, 1.1367)]
    """
    moved = [list(place) for place in places]
    reach = {
        (one, other): (halves[one][0] + halves[other][0] + GAP, halves[one][1] + halves[other][1] + GAP)
        for one, other in combinations(range(len(moved)), 2)
    }
    for _ in range(ROUNDS):
        for centre, half in zip(moved, halves, strict=True):
            for axis in (0, 1):
                centre[axis] = min(max(centre[axis], half[axis]), room[axis] - half[axis])
        still = True
        for (one, other), (wide, high) in reach.items():
            (x, y), (u, v) = moved[one], moved[other]
            over = (wide - abs(x - u), high - abs(y - v))
            if over[0] <= 1e-9 or over[1] <= 1e-9:
                continue
            still = False
            for axis in (0, 1):  # mostly in the direction of the smaller overlap: the other one resolves a crowd
                way = 1 if moved[one][axis] > moved[other][axis] else -1
                by = way * min(over) * (0.3 if over[axis] == min(over) else 0.1)
                moved[one][axis] += by
                moved[other][axis] -= by
        if still:
            break
    return [(round(x, 4), round(y, 4)) for x, y in moved]
