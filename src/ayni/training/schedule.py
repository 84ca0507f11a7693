"""Learning-rate schedule: warm up, stay, decay (WSD), as a factor of the peak rate.

learning_rate_factor(step, steps, warmup=0.05, decay=0.6)      in (0, 1]
"""

from __future__ import annotations


def learning_rate_factor(step: int, steps: int, *, warmup: float, decay: float) -> float:
    """Linear up over the first `warmup` share of steps, linear down towards 0 over the last `decay` share.

    Source: warmup-stable-decay, Hu et al. 2024 (MiniCPM); the decay reaches one step's worth, never 0.
    """
    up = min(1.0, (step + 1) / max(1.0, warmup * steps))
    down = min(1.0, (steps - step) / max(1.0, decay * steps))
    return min(up, down)
