"""Freed memory that is kept is not asked of the system again, and is given back at the end."""

import subprocess
import sys

import pytest

SCRIPT = """
import resource, sys
import torch
from ayni.training.memory import kept_memory

def count_faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        torch.ones(48 << 18)  # 48 MB
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident():
    return int(open("/proc/self/statm").read().split()[1])

count_faults()
usual = count_faults()
with kept_memory():
    count_faults()
    kept, held = count_faults(), resident()
print(usual, kept, held - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's mallopt")
def test_freed_memory_is_kept_for_the_next_step():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    usual, kept, returned = map(int, done.stdout.split())
    pages = 48 << 20 >> 12
    if usual < 4 * pages:
        pytest.skip("not glibc, or pages of 2 MB")
    assert kept < pages
    assert returned > pages // 2, "the memory is given back"
