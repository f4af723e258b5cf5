import random
from collections.abc import Iterator
from itertools import accumulate


def poisson(rate: float, count: int, name: str) -> Iterator[float]:
    """Yield the arrival times of a Poisson process: `rate` a second."""
    rng = random.Random(f"{SEED} {name} arrivals")
    return accumulate(rng.expovariate(rate) for _ in range(count))
