"""Learning-rate schedules, as a factor of the peak rate: warm up, stay, decay (WSD), or a cosine.

learning_rate_factor(step, steps, warmup=0.05, decay=0.6)                        in (0, 1]
learning_rate_factor(step, steps, warmup=0.05, decay=0.0, schedule="cosine")     down to a tenth
"""

from __future__ import annotations

import math

_FLOOR = 0.1  # of the peak, where a cosine ends: Hoffmann et al. 2022


def learning_rate_factor(step: int, steps: int, *, warmup: float, decay: float, schedule: str = "wsd") -> float:
    """Linear up over the first `warmup` share of steps; then as the schedule says.

    `wsd`: linear down towards 0 over the last `decay` share (Hu et al. 2024, MiniCPM); it reaches one step's worth, never 0.
    `cosine`: half a cosine from the end of the warm-up to a tenth of the peak (Loshchilov and Hutter 2017).
    """
    rising = max(1.0, warmup * steps)
    up = min(1.0, (step + 1) / rising)
    if schedule == "cosine":
        done = min(1.0, max(0.0, (step + 1 - rising) / max(1.0, steps - rising)))
        return min(up, _FLOOR + (1 - _FLOOR) * (1 + math.cos(math.pi * done)) / 2)
    down = min(1.0, (steps - step) / max(1.0, decay * steps))
    return min(up, down)
