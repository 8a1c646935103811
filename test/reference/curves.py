"""What NumPy and SciPy make of shapes of curves and of fitted laws.

    python3 curves.py > curves.json

Exits with 3 where a library is absent.
"""

import json
import math
import platform
import sys

try:
    import numpy
    import scipy
    from scipy import optimize, stats
except ImportError as error:
    print(error.name, file=sys.stderr)
    sys.exit(3)

random = numpy.random.RandomState(17)


# ── shapes: sharpness and width (M3), linearity and breakthroughness (M4), sensitivity (M8)


def onset_index(values, holds, persistence):
    """First i from which on the predicate holds for p evaluations, or for all that are left."""
    for i in range(len(values)):
        if all(holds(y) for y in values[i : i + persistence]):
            return i
    return None


def noise(values):
    """1.4826 MAD(dy) / sqrt(2); a curve that only rests and rises, or rests and falls, has none."""
    steps = numpy.diff(values)
    mad = numpy.median(abs(steps - numpy.median(steps)))
    if mad > 0:
        return 1.4826 * mad / math.sqrt(2)
    if not (steps > 0).any() or not (steps < 0).any():
        return 0
    return abs(steps[steps != 0]).min() / math.sqrt(2)


def step_at(step, values, direction, fraction):
    first = values[0]
    best = max(values) if direction == "higher" else min(values)
    if abs(best - first) < 5 * noise(values) or best == first:
        return None
    level = first + fraction * (best - first)
    holds = (lambda y: y > level) if direction == "higher" else (lambda y: y < level)
    i = onset_index(values, holds, 2)
    return None if i is None else step[i]


def shape(step, values, direction):
    y = numpy.array(values)
    delta = numpy.diff(y)
    low, high = y.min(), y.max()
    gain = float(numpy.sign(y.argmax() - y.argmin()) * (high - low))
    middle = numpy.median(delta**2)
    s10, s90 = (step_at(step, values, direction, f) for f in (0.1, 0.9))
    return {
        "step": step,
        "value": values,
        "direction": direction,
        "sharpness": None if low == high else float(abs(delta).max() / (high - low)),
        "width": None
        if s10 is None or s90 is None
        else math.log10(s90 or 1) - math.log10(s10 or 1),
        "improvement": gain,
        "linearity": None if gain == 0 else float(gain / math.sqrt((delta**2).mean())),
        "breakthroughness": None
        if gain == 0
        else (float(gain / math.sqrt(middle)) if middle > 0 else "> 100" if gain > 0 else "< -100"),
    }


def sensitivity(step, values, operator, threshold, persistence):
    compare = {
        ">": lambda y, c: y > c,
        ">=": lambda y, c: y >= c,
        "<": lambda y, c: y < c,
        "<=": lambda y, c: y <= c,
    }[operator]
    low, high = min(values), max(values)
    span = high - low

    def index(level):
        return onset_index(values, lambda y: compare(y, level), persistence)

    def place(level):
        i = index(level)
        return len(values) if i is None else i

    levels = [low + span * (0.1 + 0.8 * k / 80) for k in range(81)]
    found = [index(level) for level in levels]
    near = [place(threshold + span * d) for d in numpy.linspace(-0.1, 0.1, 401)]
    return {
        "step": step,
        "value": values,
        "operator": operator,
        "threshold": threshold,
        "persistence": persistence,
        "thresholds": [levels[0], levels[40], levels[80]],
        "by": [None if i is None else step[i] for i in found],
        "robust": max(near) - min(near) <= 1,
    }


def rise(n, middle, width, sd):
    step = sorted({0, *(int(round(10 ** (4 * i / (n - 1)))) for i in range(n))})
    t = numpy.log10(numpy.array(step) + 1.0)
    y = 1 / (1 + numpy.exp(-(t - middle) / width)) + sd * random.normal(size=len(step))
    return step, [round(float(v), 6) for v in y]


curves = [rise(n, m, w, sd) for n in (12, 30, 40) for m in (1.5, 3) for w in (0.01, 0.1, 0.5) for sd in (0, 0.01)]
shapes = [shape(step, values, "higher") for step, values in curves]
shapes += [shape(step, [3 - 2 * y for y in values], "lower") for step, values in curves[::3]]
shapes += [
    shape([1, 2, 3, 4], values, "higher") for values in ([0, 0, 0, 1], [2, 2, 2, 2], [1, 0, 0, 0], [0, 1, 2, 3])
]
strips = [
    sensitivity(step, values, operator, threshold, persistence)
    for step, values in curves[1::5]
    for operator, threshold in ((">", 0.5), ("<=", 0.3), (">=", 0.9))
    for persistence in (1, 2, 3)
]


# ── next checkpoint (M9) and grokking (M17)


def advice(after, by, checkpoints):
    inside = sorted({c for c in checkpoints if (after or -1) < c < by})
    if not inside:
        return None
    n = len(inside)
    middle = (math.log(max(after or 0, 1)) + math.log(by)) / 2
    candidates = [inside[(n - 1) // 2], inside[n // 2]]
    step = min(candidates, key=lambda c: abs(math.log(max(c, 1)) - middle))
    # The most evaluations that halving can need, counted out.
    worst = [0]
    for k in range(1, n + 1):
        worst.append(1 + max(worst[k // 2], worst[k - 1 - k // 2]))
    return {"step": step, "evaluationsLeft": worst[n]}


advices = []
for _ in range(60):
    checkpoints = sorted(int(c) for c in random.randint(1, 5000, size=random.randint(0, 12)))
    after, by = sorted(int(s) for s in random.choice(5000, 2, replace=False) + 1)
    after = None if random.rand() < 0.2 else after
    advices.append({"after": after, "by": by, "checkpoints": checkpoints, "advice": advice(after, by, checkpoints)})


def grokking(step, train, held_out):
    """Accuracies with chance 0.1; ratio of the right ends at least 2, held-out below a tenth of its range at train's."""
    level = 0.1 + 0.9 * 0.9
    one = onset_index(train, lambda y: y > level, 2)
    other = onset_index(held_out, lambda y: y > level, 2)
    if one is None or other is None:
        named = False
    else:
        named = step[other] / step[one] >= 2 and (held_out[one] - 0.1) / 0.9 < 0.1
    return {
        "step": step,
        "train": train,
        "heldOut": held_out,
        "isGrokking": bool(named),
        "trainBy": None if one is None else step[one],
        "heldOutBy": None if other is None else step[other],
        "delay": None
        if one in (None, 0) or other in (None, 0)
        else {"min": max(0, step[other - 1] - step[one]), "max": step[other] - step[one - 1]},
    }


grokkings = []
for train_at, held_out_at, early in ((2, 3.5, 0), (2, 2.1, 0), (2.5, 3.2, 0.3), (2, 9, 0), (1.5, 3, 0.05)):
    for sd in (0, 0.01):
        t = numpy.linspace(1, 4, 60)
        jump = lambda at: 0.1 + 0.88 / (1 + numpy.exp(-(t - at) / 0.02))
        noisy = lambda y: [round(float(v), 6) for v in y + sd * random.normal(size=60)]
        grokkings.append(
            grokking(
                [int(round(10**x)) for x in t], noisy(jump(train_at)), noisy(numpy.maximum(jump(held_out_at), 0.1 + early))
            )
        )


# ── early signal (M26)


def early_signal(early, outcome):
    n = len(early)
    told = pairs = tied_early = tied_at_end = 0
    for i in range(n):
        for j in range(i):
            end = numpy.sign(outcome[i] - outcome[j])
            then = numpy.sign(early[i] - early[j])
            if end == 0:
                tied_at_end += 1
                continue
            pairs += 1
            tied_early += int(then == 0)
            told += int(then == end)
    return {
        "early": early,
        "outcome": outcome,
        "rho": float(stats.spearmanr(early, outcome)[0]),
        "decisionAccuracy": told / pairs,
        "pairs": pairs,
        "tiedEarly": tied_early,
        "tiedAtEnd": tied_at_end,
    }


signals = []
for n in (5, 12, 40):
    for digits in (1, 6):
        end = random.normal(size=n)
        signals.append(
            early_signal(
                numpy.round(end + random.normal(size=n), digits).tolist(), numpy.round(end, digits).tolist()
            )
        )


# ── laws (M23, M24)

DELTA = 1e-3


def law(parameters, x):
    """The definition, as it is printed."""
    a, b, c0, *breaks = parameters
    y = b * x**-c0
    for c, d, f in zip(breaks[::3], breaks[1::3], breaks[2::3]):
        y = y * (1 + (x / d) ** (1 / f)) ** (-c * f)
    return a + y


def log_law(p, u):
    """log of the law at exp(u), and its derivatives by log a, log b, c0 and c, log d, log f of each break."""
    power = p[1] - p[2] * u
    gradient = [None, numpy.ones_like(u), -u]
    for c, d, g in zip(p[3::3], p[4::3], p[5::3]):
        f = numpy.exp(g)
        z = (u - d) / f
        soft = numpy.logaddexp(0, z)
        share = numpy.exp(-numpy.logaddexp(0, -z))
        power = power - c * f * soft
        gradient += [-f * soft, c * share, -c * f * (soft - z * share)]
    log = numpy.logaddexp(p[0], power)
    weight = numpy.exp(power - log)
    return log, numpy.array([numpy.exp(p[0] - log)] + [weight * g for g in gradient[1:]])


def objective(p, u, v):
    log, gradient = log_law(p, u)
    r = log - v
    inside = abs(r) <= DELTA
    value = numpy.where(inside, r * r / 2, DELTA * (abs(r) - DELTA / 2)).sum()
    return value, gradient @ numpy.where(inside, r, DELTA * numpy.sign(r))


def fit(x, y, breaks, starts):
    """The lowest of many descents by BFGS, the lowest of them polished by Nelder and Mead's simplex."""
    u, v = numpy.log(x), numpy.log(y)
    u = u - u.mean()
    found = []
    for _ in range(starts):
        p = [v.min() + math.log(random.uniform(0.02, 1)), numpy.median(v), random.uniform(-0.2, 1.2)]
        for _ in range(breaks):
            p += [random.normal(), random.uniform(u.min(), u.max()), random.normal(scale=1.5) - 1]
        for scale in (1, DELTA):
            result = optimize.minimize(
                lambda q: smoothed(q, u, v, scale), p, jac=True, method="BFGS", options={"maxiter": 300}
            )
            p = result.x
        found.append((objective(p, u, v)[0], list(p)))
    lowest = math.inf
    for _, p in sorted(found)[:4]:
        for _ in range(3):
            result = optimize.minimize(
                lambda q: objective(q, u, v)[0],
                p,
                method="Nelder-Mead",
                options={"maxfev": 3000, "maxiter": 3000, "xatol": 1e-10, "fatol": 1e-15, "adaptive": True},
            )
            p = result.x
        lowest = min(lowest, float(result.fun))
    return lowest


def smoothed(p, u, v, scale):
    """Least squares at scale 1, the Huber loss at its own."""
    if scale == DELTA:
        value, gradient = objective(p, u, v)
        return value / DELTA, gradient / DELTA
    log, gradient = log_law(p, u)
    r = log - v
    return (r * r).sum() / 2, gradient @ r


def planted(name, parameters, x, sd, starts, breaks=None, outliers=0):
    x = numpy.array(x, dtype=float)
    y = law(parameters, x) * numpy.exp(sd * random.normal(size=len(x)))
    y[len(y) - 3 :: -7][:outliers] *= 3
    y = numpy.array([float(f"{v:.8g}") for v in y])
    breaks = (len(parameters) - 3) // 3 if breaks is None else breaks
    with numpy.errstate(all="ignore"):
        lowest = fit(x, y, breaks, starts)
    return {"name": name, "x": x.tolist(), "y": y.tolist(), "breaks": breaks, "objective": lowest, "starts": starts}


def geometric(low, high, n):
    return [round(v) for v in numpy.geomspace(low, high, n)]


LINEAR = list(range(50, 10001, 50))
fits = [
    planted("checkpoints of Pythia", (1.9, 20, 0.4), [2**i for i in range(10)] + list(range(1000, 40000, 1000)), 0.01, 12),
    planted("a few sizes", (1.7, 400, 0.34), [7e7, 1.6e8, 4.1e8, 1e9, 1.4e9, 2.8e9, 6.9e9, 1.2e10], 0.003, 12),
    planted("linear steps", (2.5, 12, 0.5), LINEAR, 0.02, 12),
    planted("no floor", (1e-9, 12, 0.1), geometric(10, 1e5, 40), 0.01, 12),
    planted("spikes", (2, 30, 0.5), geometric(100, 1e5, 60), 0.01, 12, outliers=6),
    planted("little noise", (2, 30, 0.5), geometric(100, 1e5, 60), 3e-4, 12),
    planted("one break", (0.8, 8, 0.1, 0.8, 2000, 0.5), geometric(10, 1e5, 60), 0.01, 40),
    planted("a sharp break", (0.3, 8, 0.1, 0.6, 3000, 0.05), geometric(10, 1e5, 60), 0.02, 40),
    planted("an accuracy that rises and rests", (0.25, 2e-6, -1.5, 1.5, 5000, 0.7), geometric(100, 1e5, 40), 0.01, 40),
    planted("a power law, with a break to spare", (1.5, 20, 0.3), geometric(100, 1e5, 40), 0.02, 40, breaks=1),
    planted("two breaks", (0.1, 8, 0.05, 0.8, 150, 0.2, -0.7, 5000, 0.3), geometric(10, 1e6, 40), 0.01, 80),
]

values = []
for parameters in ((2, 15, 0.4), (0.8, 8, 0.1, 0.8, 2000, 0.5), (0.1, 8, 0.05, 0.8, 150, 0.2, -0.7, 5000, 0.3)):
    x = [1, 10, 150, 2000, 123456, 1e9]
    values.append({"parameters": parameters, "x": x, "y": [float(law(parameters, v)) for v in x]})

made_with = {"Python": platform.python_version(), "SciPy": scipy.__version__, "NumPy": numpy.__version__}
print(
    json.dumps(
        {
            "madeWith": made_with,
            "shapes": shapes,
            "strips": strips,
            "advices": advices,
            "grokkings": grokkings,
            "signals": signals,
            "values": values,
            "fits": fits,
        }
    )
)
