"""What NumPy makes of the end of a run: its spread about a straight line, and signal and noise by their definitions.

    python3 noise.py > noise.json

Exits with 3 where a library is absent.
"""

import json
import platform
import sys

try:
    import numpy
except ImportError as error:
    print(error.name, file=sys.stderr)
    sys.exit(3)

random = numpy.random.default_rng(10)


def run(n, slope):
    step = numpy.sort(random.choice(numpy.arange(1, 10_000), n, replace=False))
    value = 2 + slope * step + random.normal(0, 0.05, n)
    return {"step": step.tolist(), "value": numpy.round(value, 6).tolist()}


def residual_squares(series):
    step, value = numpy.array(series["step"][-5:], float), numpy.array(series["value"][-5:])
    _, squares, *_ = numpy.polyfit(step, value, 1, full=True)
    return float(squares[0])


def signal_to_noise(group):
    finals = numpy.array([series["value"][-1] for series in group])
    last = [numpy.array(series["value"][-5:]) for series in group]
    signal = (finals.max() - finals.min()) / abs(finals.mean())
    noise = numpy.mean([values.std(ddof=1) / abs(values.mean()) for values in last])
    return {"signal": float(signal), "noise": float(noise), "ratio": float(signal / noise)}


def pooled(a, b):
    """Noise of the difference of the means of two groups by the last checkpoints."""
    squares = sum(residual_squares(series) for series in a + b)
    return float(numpy.sqrt(squares / (3 * len(a + b))) * numpy.sqrt(1 / len(a) + 1 / len(b)))


def over_seeds(a, b):
    """The same by the seeds, whose values are those of the last point."""
    of = [numpy.array([series["value"][-1] for series in group]) for group in (a, b)]
    freedom = sum(len(values) - 1 for values in of)
    spread = numpy.sqrt(sum(values.var(ddof=1) * (len(values) - 1) for values in of) / freedom)
    return float(spread * numpy.sqrt(1 / len(a) + 1 / len(b)))


groups = [[run(n, slope) for _ in range(size)] for n, slope, size in ((5, 0, 1), (40, -1e-4, 1), (60, 1e-4, 2), (30, 0, 4), (8, -1e-3, 5))]
cases = []
for a in groups:
    for b in groups:
        seeds = over_seeds(a, b) if len(a) > 2 and len(b) > 2 else None
        cases.append({"a": groups.index(a), "b": groups.index(b), "lastCheckpoints": pooled(a, b), "seeds": seeds})

made_with = {"Python": platform.python_version(), "NumPy": numpy.__version__}
result = {"madeWith": made_with, "groups": groups, "signalToNoise": [signal_to_noise(group) for group in groups], "cases": cases}
print(json.dumps(result))
