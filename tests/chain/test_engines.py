"""The same recipe on the process pool, on one process and on Ray gives the same digests."""

import pytest

SITE = '[site]\nname = "test"\nengine = "{engine}"\nworkers = {workers}\n'


@pytest.mark.parametrize(("engine", "workers"), [("local", 1), ("ray", 2)])
def test_same_digests(tiny, shell, tmp_path, engine, workers):
    if engine == "ray":
        pytest.importorskip("ray", reason="ray is not installed: pip install 'ayni[ray]'")
    site = tmp_path / "site.toml"
    site.write_text(SITE.format(engine=engine, workers=workers))
    store = tmp_path / "store"
    done = shell("run", "tiny", "--site", site, "--store", store, "--only", "report", "--only", "tokens")
    assert done.returncode == 0, done.stderr
    assert "0 cached" in done.stdout
    other = type(tiny)(store, "").artifacts()
    mine = tiny.artifacts()
    assert {name: row["digest"] for name, row in other.items()} == {name: mine[name]["digest"] for name in other}
    assert len(other) >= 10
