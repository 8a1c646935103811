"""What SciPy makes of the order of two columns: Kendall's tau-b and Spearman's rho.

    python3 ranks.py > ranks.json

Exits with 3 where a library is absent.
"""

import json
import platform
import sys

try:
    import numpy
    import scipy
    from scipy import stats
except ImportError as error:
    print(error.name, file=sys.stderr)
    sys.exit(3)

random = numpy.random.default_rng(16)


def columns(n, slope, digits):
    x = random.normal(size=n)
    y = slope * x + random.normal(size=n)
    return numpy.round(x, digits).tolist(), numpy.round(y, digits).tolist()


def number(value):
    return None if numpy.isnan(value) else float(value)


def compare(x, y):
    tau, rho = stats.kendalltau(x, y), stats.spearmanr(x, y)
    return {
        "x": x,
        "y": y,
        "kendall": {"coefficient": number(tau[0]), "p": number(tau[1])},
        "spearman": {"coefficient": number(rho[0]), "p": number(rho[1])},
    }


cases = [
    compare(*columns(n, slope, digits))
    for n in (3, 4, 5, 8, 12, 20, 33, 34, 60, 200)
    for slope in (-1, 0, 0.5)
    for digits in (6, 0)
]
cases.append(compare([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]))
cases.append(compare([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]))
cases.append(compare([1, 1, 2, 2, 3], [3, 3, 3, 1, 1]))



def agreement(runs, behaviours, steps):
    """Mean tau-b over the pairs of runs of the order in which behaviours come, at one of few steps."""
    onsets = random.integers(1, steps + 1, size=(runs, behaviours))
    onsets[:, 0] = 1
    onsets[:, 1] = steps
    taus = [stats.kendalltau(onsets[i], onsets[j])[0] for i in range(runs) for j in range(i)]
    return {"onsets": onsets.tolist(), "tau": float(numpy.mean(taus)), "min": float(min(taus)), "max": float(max(taus))}


orders = [agreement(2, 6, 20), agreement(5, 4, 6), agreement(8, 10, 5), agreement(3, 30, 1000)]

made_with = {"Python": platform.python_version(), "SciPy": scipy.__version__, "NumPy": numpy.__version__}
print(json.dumps({"madeWith": made_with, "cases": cases, "orders": orders}))
