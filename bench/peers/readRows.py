"""Reads rows of numbers into columns of 64-bit floats by another library, once, and prints how long it took as JSON.

    python3 readRows.py pandas|numpy jsonl|csv [FILE...]
"""

import json
import resource
import sys
import time


def reader(library, format):
    """A function that reads a file into an array of rows and columns."""
    if library == "pandas":
        import pandas

        if format == "csv":
            return lambda file: pandas.read_csv(file, dtype="float64").to_numpy()
        return lambda file: pandas.read_json(file, lines=True, dtype="float64").to_numpy()
    if format != "csv":
        raise ImportError("NumPy reads no JSON lines")
    import numpy

    return lambda file: numpy.loadtxt(file, delimiter=",", skiprows=1)


def main(library, format, *files):
    try:
        read = reader(library, format)
    except ImportError as error:
        return {"absent": str(error)}
    points = total = seconds = cpu_seconds = 0
    for file in files:
        start = time.perf_counter()
        busy = time.process_time()
        table = read(file)
        seconds += time.perf_counter() - start
        cpu_seconds += time.process_time() - busy
        # The first column is the step.
        points += table.shape[0] * (table.shape[1] - 1)
        total += float(table[:, 1:].sum())
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "points": points,
        "sum": total,
        "ms": 1000 * seconds,
        "cpuMs": 1000 * cpu_seconds,
        "megabytes": kilobytes / 1024,
    }


print(json.dumps(main(*sys.argv[1:])))
