"""Compiled inner loops: Numba over the buffers of Arrow arrays, without a Python object for any text."""
