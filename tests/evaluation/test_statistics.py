"""The paired interval: works are drawn, not pages; a handful of works proves nothing."""

import math

import numpy as np
import pytest

from ayni.evaluation.statistics import bits_per_byte, paired_interval


def test_bits_per_byte():
    assert bits_per_byte([math.log(2) * 80], [10]) == pytest.approx(8.0)


def draw(seed, works, spread):
    generator = np.random.default_rng(seed)
    gaps = np.repeat(generator.normal(-0.1, spread, works), 4)  # four pages a work, alike
    sizes = [1000] * (4 * works)
    base = [2.0 * math.log(2) * 1000] * (4 * works)
    model = [value + gap * math.log(2) * 1000 for value, gap in zip(base, gaps, strict=True)]
    return sizes, base, model, [str(at // 4) for at in range(4 * works)]


def test_the_interval_covers_the_truth_nineteen_times_in_twenty():
    hits = sum(low <= -0.1 <= high for _, low, high in (paired_interval(*draw(seed, 20, 0.05), seed=seed) for seed in range(200)))
    assert 0.88 <= hits / 200 <= 1.0  # the percentile bootstrap of 20 works is known to cover a little less than 95%


def test_few_works_never_prove_anything():
    for works in (1, 2, 4):
        _, low, high = paired_interval(*draw(1, works, 0.001), seed=1)
        assert low < 0 < high


def test_more_pages_of_the_same_works_do_not_narrow_it():
    sizes, base, model, works = draw(3, 10, 0.05)
    once = paired_interval(sizes, base, model, works, seed=1)
    again = paired_interval(sizes * 5, base * 5, model * 5, works * 5, seed=1)
    assert once == pytest.approx(again)
