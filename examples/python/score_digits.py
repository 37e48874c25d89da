#!/usr/bin/python3
"""Scores a model on the digits' test images, as `gpu-worker evaluate --dataset digits` does; usage: score_digits.py best.safetensors"""
import gzip
import os
import sys

import torch
import torch.nn.functional as F

from sweep_model import load

DIGITS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "GpuWorker", "Data", "digits")


def read_idx(name, header):
    with gzip.open(os.path.join(DIGITS, name)) as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8, offset=header)


def test_images(about):
    """Images x 1 x 8 x 8, normalised as in training, and their classes."""
    pixels = read_idx("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 1, 8, 8) / 255
    mean, deviation = (torch.tensor(about["normalization"][key]).view(1, -1, 1, 1) for key in ("mean", "deviation"))
    return (pixels - mean) / deviation, read_idx("t10k-labels-idx1-ubyte.gz", 8).long()


if __name__ == "__main__":
    network, about = load(sys.argv[1])
    images, labels = test_images(about)
    with torch.no_grad():
        logits = network(images)
    print(f"loss {F.cross_entropy(logits, labels).item():.12g}")
    print(f"accuracy {(logits.argmax(1) == labels).sum().item() / len(labels):.12g}")
    print(f"images {len(labels)}")
