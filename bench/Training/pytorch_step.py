"""One side of the training benchmark: PyTorch, a training step on random images, one thread.

usage: pytorch_step.py MODEL STEPS LAYOUT     MODEL resnet20 | mnist_cnn, LAYOUT nchw | channels_last
Prints wall seconds and CPU seconds of STEPS steps of 128 images, after as many to warm up, and what computed them.
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.stride, self.missing = stride, outputs - inputs
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        if self.stride != 1:
            x = x[:, :, :: self.stride, :: self.stride]
        if self.missing:
            x = F.pad(x, (0, 0, 0, 0, 0, self.missing))
        return F.relu(y + x, inplace=True)


def resnet20():
    stages, inputs = [], 16
    for width, stride in ((16, 1), (32, 2), (64, 2)):
        for block in range(3):
            stages.append(Block(inputs, width, stride if block == 0 else 1))
            inputs = width
    stem = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
    return nn.Sequential(*stem, *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)), (3, 32, 32)


def mnist_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)), (1, 28, 28)


model, steps, layout = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(1)
network, shape = {"resnet20": resnet20, "mnist_cnn": mnist_cnn}[model]()
images, labels = torch.randn(128, *shape), torch.randint(0, 10, (128,))
if layout == "channels_last":
    network, images = network.to(memory_format=torch.channels_last), images.contiguous(memory_format=torch.channels_last)
optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)


def step():
    optimizer.zero_grad(set_to_none=True)
    F.cross_entropy(network(images), labels).backward()
    optimizer.step()


for _ in range(steps):
    step()
wall, cpu = time.perf_counter(), time.process_time()
for _ in range(steps):
    step()
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
with open("/proc/self/maps") as maps:
    blas = sorted({line.split("/")[-1].strip() for line in maps if "blas" in line})
print(wall, cpu, "PyTorch", torch.__version__, "with", ", ".join(blas) or "no BLAS library")
