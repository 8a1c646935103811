#!/usr/bin/env python3
"""Trains the runs of this sample workspace: grokking on modular addition.

A model of two summed embeddings, one ReLU layer and no biases learns (a + b) mod 53 from half of all pairs. With weight
decay it memorises those first and understands the others much later; without it never does.

    python3 train.py [DIRECTORY]        writes DIRECTORY/runs (default: beside this file)

Needs NumPy (Debian: python3-numpy). About three minutes on one core. Everything is seeded; another BLAS may round differently,
and then a curve may differ in its later digits.
"""

import json
import os
import struct
import sys

# One thread: the order of additions, and so every digit, stays the same from run to run.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import numpy as np  # noqa: E402

P = 53
WIDTH = 48
HIDDEN = 96
LR = 0.005
BETA1, BETA2, EPSILON = 0.9, 0.98, 1e-8
LOG_EVERY = 25
CHECKPOINTS = [0, 1, 2, 4, 8, 16, 32, 64, 128, 250, 500, 750, 1000, 1250, 1500, 1750, 2000]
CHECKPOINTS += [2500, 3000, 3500, 4000, 5000, 6000, 8000, 10000]


def split_pairs(seed):
    """All pairs (a, b) in two halves: those to train on, and those held out."""
    order = np.random.default_rng([seed, 1]).permutation(P * P)
    half = P * P // 2
    return order[:half], order[half:]


def init_parameters(seed):
    rng = np.random.default_rng([seed, 2])
    normal = lambda rows, columns, fan_in: (
        rng.standard_normal((rows, columns)) / np.sqrt(fan_in)
    ).astype(np.float32)
    return {
        "embed_a.weight": normal(P, WIDTH, WIDTH),
        "embed_b.weight": normal(P, WIDTH, WIDTH),
        "hidden.weight": normal(WIDTH, HIDDEN, WIDTH),
        "output.weight": normal(HIDDEN, P, HIDDEN),
    }


def forward(parameters, pairs):
    a, b = pairs // P, pairs % P
    summed = parameters["embed_a.weight"][a] + parameters["embed_b.weight"][b]
    before = summed @ parameters["hidden.weight"]
    hidden = np.maximum(before, 0)
    return a, b, summed, before, hidden, hidden @ parameters["output.weight"]


ONE_HOT = np.eye(P, dtype=np.float32)


def one_hot(numbers):
    return ONE_HOT[numbers]


def measure(parameters, pairs):
    """Loss, accuracy and the outcome per pair."""
    a, b, *_, logits = forward(parameters, pairs)
    target = (a + b) % P
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    loss = float((log_sum - shifted[np.arange(len(pairs)), target]).mean())
    correct = logits.argmax(axis=1) == target
    return loss, float(correct.mean()), correct


def gradients(parameters, pairs):
    a, b, summed, before, hidden, logits = forward(parameters, pairs)
    n = len(pairs)
    shifted = logits - logits.max(axis=1, keepdims=True)
    share = np.exp(shifted)
    share /= share.sum(axis=1, keepdims=True)
    # What is this small changes no weight, but its products are denormal numbers, and those take ten times as long.
    share[share < 1e-20] = 0
    share[np.arange(n), (a + b) % P] -= 1
    share /= n
    to_hidden = (share @ parameters["output.weight"].T) * (before > 0)
    to_summed = to_hidden @ parameters["hidden.weight"].T
    return {
        "embed_a.weight": one_hot(a).T @ to_summed,
        "embed_b.weight": one_hot(b).T @ to_summed,
        "hidden.weight": summed.T @ to_hidden,
        "output.weight": hidden.T @ share,
    }


class AdamW:
    def __init__(self, parameters, weight_decay):
        self.weight_decay = weight_decay
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.updates = 0

    def update(self, parameters, grads):
        self.updates += 1
        for name, grad in grads.items():
            self.mean[name] = BETA1 * self.mean[name] + (1 - BETA1) * grad
            self.square[name] = BETA2 * self.square[name] + (1 - BETA2) * grad * grad
            mean = self.mean[name] / (1 - BETA1**self.updates)
            square = self.square[name] / (1 - BETA2**self.updates)
            parameters[name] *= 1 - LR * self.weight_decay
            parameters[name] -= LR * mean / (np.sqrt(square) + EPSILON)


def write_safetensors(path, tensors, step):
    header = {"__metadata__": {"format": "np", "step": str(step)}}
    offset = 0
    for name, value in tensors.items():
        header[name] = {
            "dtype": "F32",
            "shape": list(value.shape),
            "data_offsets": [offset, offset + value.nbytes],
        }
        offset += value.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(np.ascontiguousarray(value).tobytes())


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = np.frombuffer(data[begin:end], dtype="<f4").copy()
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def write_held_out(directory, seed):
    """The pairs that the run was not trained on, as a * P + b, in the order of `outcomes.jsonl`."""
    _, held_out = split_pairs(seed)
    with open(os.path.join(directory, "held_out.json"), "w") as file:
        json.dump({"p": P, "pairs": held_out.tolist()}, file, separators=(",", ":"))


def write_config(directory, config):
    with open(os.path.join(directory, "config.yaml"), "w") as file:
        for key, value in config.items():
            file.write(f"{key}: {json.dumps(value)}\n")


def train(directory, config, parameters, first_step, last_step, optimizer=None, stop_at=None):
    """Trains from `first_step` to `last_step`, or until the run is stopped at `stop_at`."""
    checkpoints = os.path.join(directory, "checkpoints")
    os.makedirs(checkpoints, exist_ok=True)
    train_pairs, held_out = split_pairs(config["seed"])
    optimizer = optimizer or AdamW(parameters, config["weight_decay"])
    metrics = open(os.path.join(directory, "metrics.jsonl"), "a")
    outcomes = open(os.path.join(directory, "outcomes.jsonl"), "a")
    for step in range(first_step, last_step + 1):
        is_checkpoint = step in CHECKPOINTS
        if step % LOG_EVERY == 0 or is_checkpoint:
            train_loss, train_acc, _ = measure(parameters, train_pairs)
            test_loss, test_acc, correct = measure(parameters, held_out)
            norm = float(np.sqrt(sum((value.astype(np.float64) ** 2).sum() for value in parameters.values())))
            row = {
                "step": step,
                "train/loss": train_loss,
                "train/acc": train_acc,
                "held_out/loss": test_loss,
                "held_out/acc": test_acc,
                "weight_norm": norm,
            }
            metrics.write(json.dumps(row) + "\n")
            if is_checkpoint:
                write_safetensors(os.path.join(checkpoints, f"step{step}.safetensors"), parameters, step)
                text = "".join("1" if outcome else "0" for outcome in correct)
                outcomes.write(json.dumps({"step": step, "held_out": text}) + "\n")
        if step == stop_at:
            break
        optimizer.update(parameters, gradients(parameters, train_pairs))
    metrics.close()
    outcomes.close()
    return optimizer


def cut(path, keep):
    """What a file looks like when the machine stops while it is written."""
    with open(path, "r+b") as file:
        file.truncate(keep)


def run(root, name, weight_decay, seed, **extra):
    directory = os.path.join(root, name)
    os.makedirs(directory)
    config = {
        "task": "modular addition",
        "p": P,
        "width": WIDTH,
        "hidden": HIDDEN,
        "train_fraction": 0.5,
        "optimizer": "adamw",
        "lr": LR,
        "beta1": BETA1,
        "beta2": BETA2,
        "weight_decay": weight_decay,
        "seed": seed,
        **extra,
    }
    write_config(directory, config)
    write_held_out(directory, seed)
    return directory, config


def main():
    here = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    root = os.path.join(here, "runs")
    if os.path.exists(root):
        sys.exit(f"{root} is there already; remove it first")
    os.makedirs(root)
    for seed in range(5):
        directory, config = run(root, f"wd1-seed{seed}", 1.0, seed)
        parameters = init_parameters(seed)
        if seed == 3:
            # Stopped at 1,600, resumed from the last checkpoint: the log repeats the steps since then. The optimiser's
            # moments were not saved, so the second attempt is not the first one again.
            train(directory, config, parameters, 0, 5000, stop_at=1600)
            parameters = read_safetensors(os.path.join(directory, "checkpoints", "step1500.safetensors"))
            train(directory, config, parameters, 1500, 5000)
        else:
            train(directory, config, parameters, 0, 5000)
    for seed in range(3):
        directory, config = run(root, f"wd0-seed{seed}", 0.0, seed)
        stop_at = 8000 if seed == 2 else None
        train(directory, config, init_parameters(seed), 0, 10000, stop_at=stop_at)
        if seed == 2:
            # Killed while it wrote: the last line and the last checkpoint are cut short.
            metrics = os.path.join(directory, "metrics.jsonl")
            cut(metrics, os.path.getsize(metrics) - 97)
            cut(os.path.join(directory, "checkpoints", "step8000.safetensors"), 40000)
            cut(os.path.join(directory, "outcomes.jsonl"), os.path.getsize(os.path.join(directory, "outcomes.jsonl")) - 700)
    for seed in range(2):
        parent = f"../wd0-seed{seed}/checkpoints/step2000.safetensors"
        directory, config = run(root, f"branch-wd2-seed{seed}", 2.0, seed, init_from=parent)
        parameters = read_safetensors(os.path.join(directory, parent))
        train(directory, config, parameters, 2000, 5000)


if __name__ == "__main__":
    main()
