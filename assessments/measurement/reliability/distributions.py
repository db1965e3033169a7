"""Quantiles of the F distribution, from the incomplete beta function."""

import math

# Steps of the continued fraction; it needs about the square root of the larger parameter.
STEPS = 200_000
PRECISION = 3e-16
SMALLEST = 1e-300
STIRLING_FROM = 20


def f_quantile(share: float, first: float, second: float) -> float:
    """The value below which the share of an F distribution with these degrees of freedom lies.

    If B is the beta quantile with half the degrees of freedom, F = second B / (first (1 - B)).
    Raises ValueError unless 0 < share < 1 and both degrees of freedom are finite and above 0.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie strictly between 0 and 1, not {share}")
    if not (0 < first < math.inf and 0 < second < math.inf):
        raise ValueError("degrees of freedom must be finite numbers above 0")
    # From the nearer end, so that 1 - B does not lose its digits.
    if incomplete_beta(0.5, first / 2, second / 2) >= share:
        beta = _beta_quantile(share, first / 2, second / 2)
        return second * beta / (first * (1 - beta))
    rest = _beta_quantile(1 - share, second / 2, first / 2)
    return second * (1 - rest) / (first * rest)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for 0 <= x <= 1 and a, b > 0."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - _log_beta(a, b))
    # The fraction converges fast below the mean; above it the other end is taken.
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by the modified Lentz method.

    1 / (1 + d1 / (1 + d2 / (1 + ...))), with d(2m+1) = -(a+m)(a+b+m) x / ((a+2m)(a+2m+1)) and
    d(2m) = m (b-m) x / ((a+2m-1)(a+2m)): NIST Digital Library of Mathematical Functions 8.17.22.
    """
    # `value` runs through the convergents of 1 + d1 / (1 + ...), which is inverted at the end;
    # the other two are the ratios of their successive numerators and denominators.
    value = above = 1.0
    below = 0.0
    for step in range(1, STEPS):
        m = step // 2
        if step % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        above = _away_from_zero(1 + d / above)
        below = 1 / _away_from_zero(1 + d * below)
        value = _away_from_zero(value * above * below)
        if abs(above * below - 1) < PRECISION:
            return 1 / value
    raise ArithmeticError("the incomplete beta function did not settle")


def _log_beta(a: float, b: float) -> float:
    """log B(a, b) = lgamma(a) + lgamma(b) - lgamma(a + b), without its cancellation for a large b.

    The difference of the last two is taken by Stirling's series term by term.
    """
    a, b = min(a, b), max(a, b)
    if b < STIRLING_FROM:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    rise = (a + b - 0.5) * math.log1p(a / b) + a * (math.log(b) - 1)
    return math.lgamma(a) - rise - _stirling_rest(a + b) + _stirling_rest(b)


def _stirling_rest(x: float) -> float:
    """What Stirling's formula leaves of lgamma(x), to 1e-14 for x of at least 20."""
    square = 1 / (x * x)
    return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x


def _away_from_zero(value: float) -> float:
    return value if abs(value) > SMALLEST else SMALLEST


def _beta_quantile(share: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = share: Newton steps, halving where one leaves the bracket."""
    low, high = 0.0, 1.0
    x = a / (a + b)
    log_scale = -_log_beta(a, b)
    for _ in range(200):
        difference = incomplete_beta(x, a, b) - share
        if difference > 0:
            high = x
        else:
            low = x
        log_density = log_scale + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x)
        following = x - difference / math.exp(log_density) if log_density > -700 else -1.0
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - x) <= 1e-15 * x or high - low <= 1e-15 * x:
            return following
        x = following
    return x
