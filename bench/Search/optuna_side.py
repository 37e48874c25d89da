"""The same functions for Optuna: python3 optuna_side.py version | regret SAMPLER FUNCTION SEEDS AFTER… | speed SAMPLER FUNCTION ENDED.
Answers with one JSON object."""
import json
import math
import statistics
import sys
import time

try:
    import optuna
except ImportError:
    sys.exit(1)

LAYOUTS = {  # ceiling without and with augmentation, log10 of the best effective learning rate
    "1-1-1": (0.880, 0.874, 0.00), "2-2-2": (0.900, 0.908, -0.10), "3-3-3": (0.908, 0.923, -0.20),
    "5-5-5": (0.912, 0.934, -0.50), "1-1-1-1": (0.904, 0.913, -0.15), "2-2-2-2": (0.914, 0.931, -0.35)}
ALPHA = [1.0, 1.2, 3.0, 3.2]
A3 = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]]
P3 = [[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]]
A6 = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P6 = [[0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
      [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]]


def branin(x):
    return (x[1] - 5.1 / (4 * math.pi ** 2) * x[0] ** 2 + 5 / math.pi * x[0] - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def hartmann(a, p):
    return lambda x: -sum(w * math.exp(-sum(a[i][j] * (v - p[i][j]) ** 2 for j, v in enumerate(x))) for i, w in enumerate(ALPHA))


def rosenbrock(x):
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))


def ackley(x):
    squares, cosines = sum(v * v for v in x) / len(x), sum(math.cos(2 * math.pi * v) for v in x) / len(x)
    return -20 * math.exp(-0.2 * math.sqrt(squares)) - math.exp(cosines) + 20 + math.e


def levy(x):
    w = [1 + (v - 1) / 4 for v in x]
    middle = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    return math.sin(math.pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)


STANDARD = {
    "branin2": (branin, [(-5, 10), (0, 15)], 0.39788735772973816), "hartmann3": (hartmann(A3, P3), [(0, 1)] * 3, -3.862779787332663),
    "hartmann6": (hartmann(A6, P6), [(0, 1)] * 6, -3.3223680114155147), "rosenbrock5": (rosenbrock, [(-5, 10)] * 5, 0),
    "ackley5": (ackley, [(-32.768, 32.768)] * 5, 0), "levy4": (levy, [(-10, 10)] * 4, 0)}


def mixed(trial):
    rate = math.log10(trial.suggest_float("lr", 1e-4, 1, log=True))
    decay = math.log10(trial.suggest_float("weight_decay", 1e-6, 1e-2, log=True))
    momentum = -math.log10(1 - trial.suggest_float("momentum", 0.8, 0.99))
    batch = math.log2(trial.suggest_int("batch", 16, 512, log=True) / 128)
    layout = LAYOUTS[trial.suggest_categorical("layout", list(LAYOUTS))]
    augment = trial.suggest_categorical("augment", [False, True])
    schedule = trial.suggest_categorical("schedule", ["constant", "step", "cosine"])
    error = rate + momentum - 0.30103 * batch - layout[2]
    penalty = 0.020 * error ** 2 + (0.060 * error ** 3 if error > 0 else 0)
    penalty += 0.012 * (decay - (-3.70 - 0.5 * (rate + 1) - (0.5 if augment else 0))) ** 2 + 0.030 * (momentum - 1) ** 2 + 0.0020 * batch ** 2
    if schedule == "constant":
        penalty += 0.025
    elif schedule == "step":
        factor, drops = math.log10(trial.suggest_float("gamma", 0.02, 0.5, log=True)) + 1, trial.suggest_int("drops", 1, 5) - 2
        penalty += 0.004 + 0.020 * factor ** 2 + 0.003 * drops ** 2 + 0.008 * factor * drops * 0.5
    else:
        penalty += 0.0006 * (trial.suggest_int("warmup", 0, 10) - (5 + 2 * (rate + 1))) ** 2
    return 0.934 - (0.1 + (layout[1 if augment else 0] - 0.1) * math.exp(-0.5 * penalty))


def objective(name):
    if name == "mixed":
        return mixed
    function, bounds, lowest = STANDARD[name]
    return lambda trial: function([trial.suggest_float(f"x{i}", low, high) for i, (low, high) in enumerate(bounds)]) - lowest


def sampler(name, seed, function):
    samplers = optuna.samplers
    return {
        "random": lambda: samplers.RandomSampler(seed=seed),
        "tpe": lambda: samplers.TPESampler(seed=seed),
        "tpe_multivariate": lambda: samplers.TPESampler(seed=seed, multivariate=True, group=function == "mixed"),
        "cmaes": lambda: samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False),
        "qmc": lambda: samplers.QMCSampler(seed=seed, scramble=True, warn_independent_sampling=False, warn_asynchronous_seeding=False),
    }[name]()


def regret(name, function, seeds, *after):
    regrets, start = [[] for _ in after], time.perf_counter()
    for seed in range(seeds):
        study = optuna.create_study(sampler=sampler(name, seed, function))
        study.optimize(objective(function), n_trials=after[-1])
        values = [trial.value for trial in study.trials]
        for trials, of_seeds in zip(after, regrets):
            of_seeds.append(max(0, min(values[:trials])))
    return {"after": regrets, "ms": 1e3 * (time.perf_counter() - start) / seeds / after[-1]}


def speed(name, function, ended):
    before = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    before.optimize(objective(function), n_trials=ended)
    study = optuna.create_study(sampler=sampler(name, 0, function))
    study.add_trials(before.trials)
    times = []
    for _ in range(11):
        start = time.perf_counter()
        study.optimize(objective(function), n_trials=1)
        times.append(1e3 * (time.perf_counter() - start))
    return {"ms": statistics.median(times[1:]), "worst": max(times[1:])}


optuna.logging.set_verbosity(optuna.logging.ERROR)
what, *rest = sys.argv[1:]
if what == "version":
    print(json.dumps({"version": optuna.__version__}))
else:
    numbers = [int(argument) for argument in rest[2:]]
    print(json.dumps((regret if what == "regret" else speed)(rest[0], rest[1], *numbers)))
