#!/usr/bin/python3
"""Records the trainings in this folder with PyTorch (Debian: python3-torch, python3-numpy); usage: make_fixtures.py [NAME ...]

Each folder has what `gpu-worker replay` reads, and in reference.json the losses of PyTorch itself, in float64 and float32, with
the relative spread of float32 over variants (threads, channels last, oneDNN off) against float64: the noise of single precision.
Images are small and batches few, so that the files are. The networks are those of examples/python/sweep_model.py.
"""
import json, os, struct, sys
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "examples", "python"))
from sweep_model import ResNet

STEPS, BATCH, CLASSES, IMAGE = 20, 8, 10, (3, 10, 10)
RATE, MOMENTUM, DECAY = 0.01, 0.9, 1e-4
NETWORKS = {
    "bottleneck-projection": dict(block="bottleneck", shortcut="projection", blocks=[1, 2, 1], widths=[4, 8, 8]),
    "four-stages": dict(block="basic", shortcut="identity_padding", blocks=[1, 1, 1, 1], widths=[4, 8, 12, 16]),
}


def write_safetensors(path, state):
    header, data = {}, b""
    for name, tensor in state.items():
        if tensor.is_floating_point():
            blob = tensor.contiguous().numpy().astype("<f4").tobytes()
            header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(blob)]}
            data += blob
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def losses(model, initial, images, labels, dtype=torch.float32, layout=torch.contiguous_format):
    network = ResNet(3, CLASSES, model).to(dtype)
    network.load_state_dict({name: value.to(dtype) if value.is_floating_point() else value for name, value in initial.items()})
    network = network.to(memory_format=layout)
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    result = []
    for x, y in zip(images, labels):
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x.to(dtype).to(memory_format=layout)), y)
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result


def record(name, model):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    initial = {key: value.clone() for key, value in ResNet(3, CLASSES, model).state_dict().items()}
    generator = torch.Generator().manual_seed(1234)
    patterns = torch.randn(CLASSES, *IMAGE, generator=generator)
    labels = torch.randint(CLASSES, (STEPS, BATCH), generator=generator)
    images = 0.5 * patterns[labels] + 0.5 * torch.randn(STEPS, BATCH, *IMAGE, generator=generator)
    exact = losses(model, initial, images, labels, torch.float64)
    variants = [losses(model, initial, images, labels), losses(model, initial, images, labels, layout=torch.channels_last)]
    torch.set_num_threads(2)
    variants.append(losses(model, initial, images, labels))
    torch.set_num_threads(1)
    with torch.backends.mkldnn.flags(enabled=False):
        variants.append(losses(model, initial, images, labels))
        variants.append(losses(model, initial, images, labels, layout=torch.channels_last))
    spread = [max(abs(variant[step] / loss - 1) for variant in variants) for step, loss in enumerate(exact)]

    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    write_safetensors(os.path.join(folder, "init.safetensors"), initial)
    images.numpy().astype("<f4").tofile(os.path.join(folder, "images.f32"))
    labels.numpy().astype("<i8").tofile(os.path.join(folder, "labels.i64"))
    with open(os.path.join(folder, "model.yaml"), "w") as file:
        file.write("model: {family: resnet, block: %(block)s, shortcut: %(shortcut)s, blocks: %(blocks)s, widths: %(widths)s}\n" % model)
    with open(os.path.join(folder, "reference.json"), "w") as file:
        json.dump({"network": name, "torch": torch.__version__, "steps": STEPS, "batch": BATCH, "image_shape": IMAGE, "classes": CLASSES,
                   "learning_rate": RATE, "momentum": MOMENTUM, "weight_decay": DECAY,
                   "losses_float64": [f"{loss:.12g}" for loss in exact], "losses_float32": [f"{loss:.9g}" for loss in variants[0]],
                   "relative_spread_float32": [f"{value:.2g}" for value in spread]}, file, indent=1)
        file.write("\n")
    print(name, "loss", f"{exact[0]:.4f} -> {exact[-1]:.4f}", "spread", [f"{value:.0e}" for value in spread])


for name in sys.argv[1:] or NETWORKS:
    record(name, NETWORKS[name])
