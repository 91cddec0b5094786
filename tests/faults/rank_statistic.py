"""How well one of two samples can be told from the other by size alone."""

import math
from collections import Counter
from collections.abc import Sequence


def auc(these: Sequence[int], those: Sequence[int]) -> float:
    """Return the chance that one of ``those``, drawn at random, is above one of ``these``,
    with ties counted as half: 0.5 where the two are alike, 0 or 1 where they are apart.

    This is Mann and Whitney's U divided by the number of pairs.
    """
    below = 0
    pairs_won = 0.0
    of_these, of_those = Counter(these), Counter(those)
    for value in sorted(of_these | of_those):
        pairs_won += of_those[value] * (below + of_these[value] / 2)
        below += of_these[value]
    return pairs_won / (len(these) * len(those))


def separation(these: Sequence[int], those: Sequence[int]) -> float:
    """Return the AUC of whoever guesses the right way round: never below 0.5."""
    return 0.5 + abs(auc(these, those) - 0.5)


def standard_error(these: int, those: int) -> float:
    """Return the standard error of the AUC of two samples of these sizes that are alike."""
    return math.sqrt((these + those + 1) / (12 * these * those))
