"""Loads a best.safetensors of Sweep into PyTorch; needs torch alone.

    from sweep_model import load
    network, about = load("runs/my-run/trials/3/best.safetensors")

`network` is in evaluation mode. `about` says what it takes: about["image"], about["classes"], and about["normalization"], by which
pixels in [0, 1] become (pixel - mean) / deviation, channel by channel. about["configuration"] is everything it was trained with.
"""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
          "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool}


def read_safetensors(path):
    """Tensors by name, and the metadata. With the safetensors package: safetensors.torch.load_file(path)."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        dtype, (begin, end) = DTYPES[entry["dtype"]], entry["data_offsets"]
        count = (end - begin) // torch.empty((), dtype=dtype).element_size()
        tensors[name] = torch.frombuffer(data, dtype=dtype, count=count, offset=8 + length + begin).reshape(entry["shape"])
    return tensors, metadata


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, channels, width, stride, projection):
        super().__init__()
        output = width * self.expansion
        self.build(channels, width, output, stride)
        self.stride, self.missing, self.downsample = stride, output - channels, None
        if projection and (stride != 1 or channels != output):
            self.downsample = nn.Sequential(nn.Conv2d(channels, output, 1, stride, bias=False), nn.BatchNorm2d(output))

    def build(self, channels, width, output, stride):
        self.conv1, self.bn1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, output, 3, 1, 1, bias=False), nn.BatchNorm2d(output)

    def residual(self, x):
        return self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))

    def shortcut(self, x):
        if self.downsample is not None:
            return self.downsample(x)
        return F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, 0, self.missing))

    def forward(self, x):
        return F.relu(self.residual(x) + self.shortcut(x))


class Bottleneck(BasicBlock):
    expansion = 4

    def build(self, channels, width, output, stride):
        self.conv1, self.bn1 = nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, output, 1, bias=False), nn.BatchNorm2d(output)

    def residual(self, x):
        x = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        return self.bn3(self.conv3(x))


class ResNet(nn.Module):
    """`model` is the section `model` of a sweep file, resolved: block, shortcut, blocks, widths."""

    def __init__(self, channels, classes, model):
        super().__init__()
        block = Bottleneck if model["block"] == "bottleneck" else BasicBlock
        blocks, widths = model["blocks"], model["widths"]
        self.conv1, self.bn1 = nn.Conv2d(channels, widths[0], 3, 1, 1, bias=False), nn.BatchNorm2d(widths[0])
        channels = widths[0]
        self.stages = [f"layer{stage + 1}" for stage in range(len(blocks))]
        for name, count, width in zip(self.stages, blocks, widths):
            layers = []
            for index in range(count):
                stride = 2 if name != "layer1" and index == 0 else 1
                layers.append(block(channels, width, stride, model["shortcut"] == "projection"))
                channels = width * block.expansion
            setattr(self, name, nn.Sequential(*layers))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for name in self.stages:
            x = getattr(self, name)(x)
        return self.fc(x.mean((2, 3)))


class MnistCnn(nn.Module):
    def __init__(self, channels, height, width, classes):
        super().__init__()
        left = [((side - 4) // 2 - 4) // 2 for side in (height, width)]
        self.conv1, self.conv2 = nn.Conv2d(channels, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * left[0] * left[1], 120), nn.Linear(120, 84), nn.Linear(84, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


def load(path):
    """The network, in evaluation mode, and its description."""
    tensors, metadata = read_safetensors(path)
    about = json.loads(metadata["sweep.model"])
    model, image, classes = about["configuration"]["model"], about["image"], about["classes"]
    if model["family"] == "mnist_cnn":
        network = MnistCnn(image["channels"], image["height"], image["width"], classes)
    else:
        network = ResNet(image["channels"], classes, model)
    network.load_state_dict(tensors)
    return network.eval(), about
