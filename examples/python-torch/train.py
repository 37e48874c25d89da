#!/usr/bin/python3
"""A small convolutional network on handwritten digits in plain PyTorch, trained as one trial of a sweep."""
import argparse
import gzip
import json
import os

import torch
import torch.nn.functional as F

DIGITS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "GpuWorker", "Data", "digits")


def read_idx(name, header):
    with gzip.open(os.path.join(DIGITS, name)) as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8, offset=header)


def read_digits(part):
    images = read_idx(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 8, 8) / 255
    return images, read_idx(f"{part}-labels-idx1-ubyte.gz", 8).long()


def network(channels, dropout):
    width, layers = 1, []
    for next_width in channels:
        layers += [torch.nn.Conv2d(width, next_width, 3, padding=1), torch.nn.BatchNorm2d(next_width), torch.nn.ReLU()]
        width = next_width
    return torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Dropout(dropout), torch.nn.Linear(4 * width, 10))


def score(model, images, labels):
    model.eval()
    with torch.no_grad():
        logits = model(images)
    return F.cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).float().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learning_rate", type=float, default=0.01)
    parser.add_argument("--channels", type=json.loads, default=[16, 32])
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--optimizer", choices=["sgd", "adam"], default="adam")
    options = parser.parse_args()
    epochs = int(os.environ.get("SWEEP_EPOCHS", 3))
    checkpoints = os.environ.get("SWEEP_CHECKPOINTS", ".")

    torch.manual_seed(int(os.environ.get("SWEEP_SEED", 0)))
    images, labels = read_digits("train")
    train, held_out = slice(0, 1200), slice(1200, None)
    test = read_digits("t10k")
    model = network(options.channels, options.dropout)
    algorithm = {"sgd": lambda weights, rate: torch.optim.SGD(weights, rate, momentum=0.9), "adam": torch.optim.Adam}[options.optimizer]
    optimizer = algorithm(model.parameters(), options.learning_rate)

    done = 0
    if "SWEEP_RESUME_FROM" in os.environ:
        checkpoint = torch.load(os.environ["SWEEP_RESUME_FROM"])
        done = checkpoint["epoch"]
        model.load_state_dict(checkpoint["model"])
        optimizer.load_state_dict(checkpoint["optimizer"])

    for epoch in range(done + 1, epochs + 1):
        model.train()
        # The epoch, not what was drawn before, decides the order: a resumed trial sees what it would have seen.
        generator = torch.Generator().manual_seed(torch.initial_seed() + epoch)
        for batch in torch.randperm(len(images[train]), generator=generator).split(32):
            optimizer.zero_grad()
            F.cross_entropy(model(images[train][batch]), labels[train][batch]).backward()
            optimizer.step()

        name = f"epoch-{epoch}.pt"
        torch.save({"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, os.path.join(checkpoints, name))
        train_loss, train_accuracy = score(model, images[train], labels[train])
        validation_loss, validation_accuracy = score(model, images[held_out], labels[held_out])
        test_loss, test_accuracy = score(model, *test)
        print(json.dumps({
            "epoch": epoch,
            "train_loss": train_loss, "train_accuracy": train_accuracy,
            "validation_loss": validation_loss, "validation_accuracy": validation_accuracy,
            "test_loss": test_loss, "test_accuracy": test_accuracy,
            "checkpoint": name,
        }), flush=True)


if __name__ == "__main__":
    main()
