"""One common factor by maximum likelihood, for omega.

The covariances are modelled as l l' + diag(u), with loadings l and uniquenesses u. For given u
the best l is known (Joreskog 1967), so only u is searched for: by Newton steps on log u with the
exact second derivatives, on correlations, since the fit does not depend on the items' units.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]

# A uniqueness below this share of an item's variance is kept there (a Heywood case): the
# likelihood would go on to a variance of the error that is zero or less, which means nothing.
LEAST_UNIQUENESS = 0.005
STEPS = 200
SETTLED = 1e-9
# Near the end a good step no longer shows in the misfit, only in its slope.
ROUNDING = 1e-13
# Eigenvalues of correlations below this are what rounding leaves of zero.
NOTHING = 1e-10


@dataclass(frozen=True)
class OneFactor:
    """A fitted factor, in the units of the covariances it was fitted to.

    `loadings` and `uniquenesses` (variances) are per item. `bounded` are the positions of the
    items whose uniqueness is kept at its lower bound of .005 of their variance.
    """

    loadings: tuple[float, ...]
    uniquenesses: tuple[float, ...]
    bounded: tuple[int, ...]

    @property
    def omega(self) -> float:
        common = sum(self.loadings) ** 2
        return common / (common + sum(self.uniquenesses))


def one_factor(covariance: Matrix) -> OneFactor:
    """Fit one factor to the covariances of three or more items.

    Several starts are tried and the best fit is kept, since the likelihood may have more than one
    peak. Raises ValueError for fewer than three items (two do not determine a factor), an item
    that does not vary, and items of which one is determined by the others.
    """
    items = len(covariance)
    if items < 3:
        raise ValueError(f"omega needs at least three items, not {items}")
    variances = np.diag(covariance)
    if (variances <= 0).any():
        place = int(np.argmax(variances <= 0)) + 1
        raise ValueError(f"omega needs items that vary; item {place} has one answer throughout")
    deviations = np.sqrt(variances)
    correlations = covariance / np.outer(deviations, deviations)
    if float(np.linalg.eigvalsh(correlations)[0]) < NOTHING:
        raise ValueError("omega needs items of which none is determined by the others")
    fits = [_search(correlations, start) for start in _starts(correlations)]
    uniquenesses = min(fits, key=lambda fit: fit[0])[1]
    loadings = _loadings(correlations, uniquenesses)
    bounded = np.flatnonzero(uniquenesses <= LEAST_UNIQUENESS * (1 + 1e-6))
    return OneFactor(
        tuple((deviations * loadings).tolist()),
        tuple((variances * uniquenesses).tolist()),
        tuple(bounded.tolist()),
    )


def _starts(correlations: Matrix) -> list[Vector]:
    """Uniquenesses to start from: by multiple correlation, by the first component, and even."""
    items = len(correlations)
    alone = (1 - 0.5 / items) / np.diag(np.linalg.inv(correlations))
    values, vectors = np.linalg.eigh(correlations)
    component = 1 - values[-1] * vectors[:, -1] ** 2
    return [
        np.clip(start, LEAST_UNIQUENESS, 1.0) for start in (alone, component, np.full(items, 0.5))
    ]


def _search(correlations: Matrix, start: Vector) -> tuple[float, Vector]:
    """The smallest misfit within the bounds that Newton steps from `start` find, and where."""
    lowest, highest = np.log(LEAST_UNIQUENESS), 0.0
    place = np.log(start)
    misfit, slope, curvature = _misfit(correlations, place)
    for _ in range(STEPS):
        # Held: at a bound, and pushed further out.
        held = ((place <= lowest) & (slope > 0)) | ((place >= highest) & (slope < 0))
        free = ~held
        if not free.any() or float(np.abs(slope[free]).max()) < SETTLED:
            break
        step = np.zeros_like(place)
        step[free] = -_solve(curvature[np.ix_(free, free)], slope[free])
        length = 1.0
        while length > 1e-12:
            tried = np.clip(place + length * step, lowest, highest)
            following = _misfit(correlations, tried)
            if following[0] <= misfit + 1e-4 * float(slope @ (tried - place)) + ROUNDING:
                break
            length /= 2
        else:
            # Not even the smallest step helps.
            break
        place, (misfit, slope, curvature) = tried, following
    return misfit, np.exp(place)


def _misfit(correlations: Matrix, place: Vector) -> tuple[float, Vector, Matrix]:
    """The discrepancy at log uniquenesses, with its first and second derivatives.

    With e and w the eigenvalues and eigenvectors of u^-1/2 R u^-1/2, the discrepancy is the sum
    of e - log e - 1 over all but the largest, since the best loadings fit the largest exactly.
    """
    scale = np.exp(-place / 2)
    values, vectors = np.linalg.eigh(scale[:, None] * correlations * scale)
    values = np.maximum(values, 1e-300)
    rest, largest = values[:-1], values[-1]
    others, first = vectors[:, :-1], vectors[:, -1]
    misfit = float(np.sum(rest - np.log(rest) - 1))
    slope = (others**2) @ (1 - rest)
    gaps = np.maximum(largest - rest, 1e-12)
    turning = (others * ((1 - rest) * (largest + rest) / gaps)) @ others.T
    curvature = ((others * rest) @ others.T) * (others @ others.T)
    return misfit, slope, curvature + np.outer(first, first) * turning


def _solve(curvature: Matrix, slope: Vector) -> Vector:
    """The Newton step, with directions that do not curve upward made to."""
    values, vectors = np.linalg.eigh(curvature)
    upward = np.maximum(np.abs(values), 1e-6 * max(1.0, float(np.abs(values).max())))
    step: Vector = vectors @ ((vectors.T @ slope) / upward)
    # A log uniqueness need not move further than this at once.
    return step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))


def _loadings(correlations: Matrix, uniquenesses: Vector) -> Vector:
    """The best loadings for these uniquenesses, more of them positive than not."""
    root = np.sqrt(uniquenesses)
    values, vectors = np.linalg.eigh(correlations / np.outer(root, root))
    found: Vector = root * vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1, 0.0))
    return -found if float(found.sum()) < 0 else found
