"""Knows how many pieces to look at; must not know what is checked on them."""

import math


def zero_acceptance_size(
    lot_size: int, *, nonconforming: int | None = None, rate: float | None = None, confidence: float = 0.95
) -> int:
    """Return the fewest pieces of a lot in which a bad lot shows at least one nonconforming piece.

    Bad means that many `nonconforming` pieces, or that `rate` of the lot (rounded up, at least one piece).
    The sample is accepted on zero. Raises ValueError unless exactly one of the two is given and makes sense.
    Source: hypergeometric distribution; IATF 16949:2016 8.6.6.
    """
    if lot_size < 0:
        raise ValueError(f"a lot of {lot_size}")
    _open_share(confidence, "confidence")
    bad = _nonconforming(lot_size, nonconforming, rate)
    if lot_size == 0:
        return 0
    low, high = 1, lot_size - bad + 1
    while low < high:
        middle = (low + high) // 2
        if _misses_rarely(lot_size, bad, middle, 1 - confidence):
            high = middle
        else:
            low = middle + 1
    return low


def every_kth_size(lot_size: int, k: int) -> int:
    """Return how many pieces are looked at when the first and every k-th after it is."""
    if lot_size < 0 or k < 1:
        raise ValueError(f"every {k}th of a lot of {lot_size}")
    return -(-lot_size // k)


def full_size(lot_size: int) -> int:
    """Return how many pieces a 100 % inspection looks at."""
    if lot_size < 0:
        raise ValueError(f"a lot of {lot_size}")
    return lot_size


def zero_failure_size(rate: float, confidence: float = 0.95) -> int:
    """Return how many pieces without any failure show that the failure rate is below `rate`."""
    _open_share(rate, "rate")
    _open_share(confidence, "confidence")
    return math.ceil(math.log(1 - confidence) / math.log1p(-rate))


def _nonconforming(lot_size: int, number: int | None, rate: float | None) -> int:
    if (number is None) == (rate is None):
        raise ValueError("give the number of nonconforming pieces or their rate")
    if number is not None:
        if not 1 <= number <= max(lot_size, 1):
            raise ValueError(f"{number} nonconforming pieces in a lot of {lot_size}")
        return number
    if rate is None or not 0 < rate <= 1:
        raise ValueError(f"a rate of {rate}")
    return max(1, math.ceil(round(rate * lot_size, 9)))


def _misses_rarely(lot_size: int, bad: int, sample: int, allowed: float) -> bool:
    """Tell whether a sample holds no bad piece with a chance of at most `allowed`.

    The chance is symmetric in sample and bad pieces, so the shorter of the two products is taken.
    """
    fewer, more = sorted((bad, sample))
    enough = allowed * (1 + 1e-9)
    chance = 1.0
    for taken in range(fewer):
        chance *= max(0, lot_size - more - taken) / (lot_size - taken)
        if chance <= enough:
            return True
    return False


def _open_share(value: float, name: str) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} {value} is not between 0 and 1")
