"""Reads logs by another program's loader once, and prints how long it took as JSON.

    python3 readLogs.py tensorboard|tensorflow|wandb [FILE...]
"""

import json
import resource
import sys
import time


def loader(name):
    """A function that yields how many points each record of a file has."""
    if name == "wandb":
        return wandb_loader()
    if name == "tensorboard":
        from tensorboard.backend.event_processing import event_file_loader

        return lambda file: counted(event_file_loader.EventFileLoader(file).Load())
    from tensorflow.compat.v1.train import summary_iterator

    return lambda file: counted(summary_iterator(file))


def counted(events):
    for event in events:
        yield len(event.summary.value)


def wandb_loader():
    """Of the versions of W&B that read their logs in Python."""
    from wandb.proto.wandb_internal_pb2 import Record
    from wandb.sdk.internal.datastore import DataStore

    def load(file):
        store = DataStore()
        store.open_for_scan(file)
        while (data := store.scan_data()) is not None:
            record = Record()
            record.ParseFromString(data)
            row = [json.loads(item.value_json) for item in record.history.item]
            yield len(row)

    return load


def main(name, files):
    try:
        load = loader(name)
    except ImportError as error:
        return {"absent": str(error)}
    start = time.perf_counter()
    busy = time.process_time()
    points = 0
    for file in files:
        points += sum(load(file))
    seconds = time.perf_counter() - start
    cpu_seconds = time.process_time() - busy
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        # What it counts as a point need not be ours.
        "values": points,
        "ms": 1000 * seconds,
        "cpuMs": 1000 * cpu_seconds,
        "megabytes": kilobytes / 1024,
    }


print(json.dumps(main(sys.argv[1], sys.argv[2:])))
