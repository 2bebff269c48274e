"""Writes stockpyl.csv: what stockpyl says of random items. ``pip install stockpyl==1.0.2 && python tests/analytics/data/make_stockpyl.py``.

It is not installed with the tests, as it brings forty packages.
"""

import csv
from pathlib import Path

import numpy as np
from stockpyl.eoq import economic_order_quantity
from stockpyl.loss_functions import negative_binomial_loss, normal_loss, poisson_loss
from stockpyl.newsvendor import newsvendor_normal, newsvendor_poisson

random = np.random.default_rng(7)
rows: list[tuple[str, float, float, float, float]] = []
for _ in range(50):
    order_cost, holding, demand = random.uniform((1, 0.1, 10), (100, 5, 10_000))
    rows.append(("eoq", order_cost, holding, demand, economic_order_quantity(order_cost, holding, demand)[0]))
    mean, share, z = random.uniform((10, 0.05, -2), (500, 0.3, 3))
    stock = mean * (1 + share * z)
    rows.append(("normal_loss", stock, mean, mean * share, normal_loss(stock, mean, mean * share)[0]))
    mean, stock = random.uniform(0.2, 40), int(random.integers(0, 50))
    rows.append(("poisson_loss", stock, mean, mean**0.5, poisson_loss(stock, mean)[0]))
    more = random.uniform(1.2, 5)
    size, chance = mean / (more - 1), 1 / more
    rows.append(
        (
            "negative_binomial_loss",
            stock,
            mean,
            (mean * more) ** 0.5,
            negative_binomial_loss(stock, size, chance)[0],
        )
    )
    over, under, mean = random.uniform((0.1, 0.1, 5), (3, 9, 300))
    rows.append(("newsvendor_normal", over, under, mean, newsvendor_normal(over, under, mean, mean / 5)[0]))
    rows.append(("newsvendor_poisson", over, under, mean, newsvendor_poisson(over, under, mean)[0]))

with Path(__file__).with_name("stockpyl.csv").open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("what", "a", "b", "c", "said"))
    writer.writerows((what, *(f"{float(value):.12g}" for value in values)) for what, *values in rows)
