"""The bytes of an Arrow array of strings as NumPy arrays, without a copy: what every kernel reads.

data, offsets = view_strings(table["text"])
data[offsets[row] : offsets[row + 1]]           the UTF-8 bytes of one row
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def view_strings(strings: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """UTF-8 bytes (bytes,) and where each row begins and the last ends (rows + 1,); a null is an empty text."""
    array: Any = strings.combine_chunks() if isinstance(strings, pa.ChunkedArray) else strings
    if isinstance(array, pa.ChunkedArray):  # pyarrow keeps chunks that do not fit into 32-bit offsets apart
        array = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in array.chunks])
    width = np.int64 if pa.types.is_large_string(array.type) else np.int32
    _, places, letters = array.buffers()
    if len(array) == 0 or places is None:
        return np.zeros(0, np.uint8), np.zeros(len(array) + 1, np.int64)
    offsets = np.frombuffer(places, dtype=width)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    data = np.frombuffer(letters, dtype=np.uint8) if letters is not None and letters.size else np.zeros(0, np.uint8)
    return data, offsets
