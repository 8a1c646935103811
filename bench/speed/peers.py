"""Reads event files by another program's loader once, and prints how long it took as JSON.

    python3 peers.py tensorboard|tensorflow FILE...
"""

import json
import resource
import sys
import time


def loader(name):
    """A function that yields the events of a file."""
    if name == "tensorboard":
        from tensorboard.backend.event_processing import event_file_loader

        return lambda file: event_file_loader.EventFileLoader(file).Load()
    from tensorflow.compat.v1.train import summary_iterator

    return summary_iterator


def main(name, files):
    try:
        events = loader(name)
    except ImportError as error:
        return {"absent": str(error)}
    start = time.perf_counter()
    busy = time.process_time()
    points = 0
    for file in files:
        for event in events(file):
            points += len(event.summary.value)
    seconds = time.perf_counter() - start
    cpu_seconds = time.process_time() - busy
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "points": points,
        "seconds": seconds,
        "cpuSeconds": cpu_seconds,
        "megabytes": kilobytes / 1024,
    }


print(json.dumps(main(sys.argv[1], sys.argv[2:])))
