"""Drives the trials of a sweep over HTTP. Usage: tune.py http://HOST:PORT SWEEP"""
import json
import sys
import time
import urllib.error
import urllib.request


def post(path, **body):
    request = urllib.request.Request(f"{root}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def height(x, y, epoch):
    """What stands for training: it comes nearer to the valley at (1, 2) with each epoch."""
    return (x - 1) ** 2 + (y - 2) ** 2 + 1 / epoch


root, worker = f"{sys.argv[1]}/api/v1/sweeps/{sys.argv[2]}", None
while True:
    try:
        trial = post("/ask", worker=worker)
    except urllib.error.HTTPError as problem:
        if problem.code != 503:
            raise
        time.sleep(1)  # the sweep waits for its store
        continue
    except urllib.error.URLError:
        break  # the coordinator is gone: the sweep has ended
    worker = trial["worker"]
    if trial["status"] == "ended":
        break
    if trial["status"] == "wait":
        time.sleep(trial["retry_seconds"])
        continue
    for epoch in range(trial["recorded_epochs"] + 1, trial["epochs"] + 1):
        value = height(**trial["hyperparameters"], epoch=epoch)
        if post(f"/attempts/{trial['attempt']}/report", epoch=epoch, metrics={"height": value})["decision"] == "stop":
            break
