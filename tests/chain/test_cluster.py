"""A real Ray cluster of three local nodes; one is killed with signal 9 in the middle; the digests are the local engine's."""

import json
import subprocess
import sys
import time

import pytest

pytest.importorskip("ray", reason="ray is not installed: pip install 'ayni[ray]'")
pytestmark = pytest.mark.filterwarnings("ignore")
SITE = '[site]\nname = "test"\nengine = "ray"\nworkers = 3\naddress = "{address}"\nmirror = "{mirror}"\n'


@pytest.fixture
def cluster(bucket, monkeypatch):
    """A head with one processor; its nodes know the bucket as their environment says it."""
    from ray.cluster_utils import Cluster

    for name, value in bucket.environ.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)

    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    yield started
    started.shutdown()


def digests(shell, store):
    return {row["name"]: row["digest"] for row in json.loads(shell("ls", "--json", "--store", store).stdout)}


def run_and_kill_node(command, node, results):
    """Start the run; kill a node once some parts are there; returns the ended run."""
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while len(results()) < 4:
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert run.poll() is None
    node.kill_raylet(check_alive=False)
    out, err = run.communicate(timeout=240)
    return run.returncode, out, err


@pytest.mark.parametrize("apart", [False, True], ids=["one store", "a store a node"])
def test_a_node_dies(cluster, shell, tmp_path, many, apart):
    straight, store = tmp_path / "straight", tmp_path / "store"
    assert shell("run", many, "--store", straight).returncode == 0
    places = [tmp_path / f"node-{number}" for number in range(2)]
    nodes = [cluster.add_node(num_cpus=1, env_vars={"AYNI_NODE_STORE": str(place)} if apart else {}) for place in places]
    cluster.wait_for_nodes()
    site = tmp_path / "site.toml"
    site.write_text(SITE.format(address=cluster.address, mirror="s3://archive/mirror" if apart else ""))
    command = [sys.executable, "-m", "ayni", "run", str(many), "--store", str(store), "--site", str(site)]

    def results():
        return [path for place in (store, *places) for path in place.glob("parts/*/*/result.json")]

    code, out, err = run_and_kill_node(command, nodes[1], results)
    assert code == 0, err
    assert "5 built" in out
    assert digests(shell, store) == digests(shell, straight)
    if apart:
        assert list(places[0].glob("parts/*/*/result.json")), "no node built anything in a folder of its own"


ERRORS = """
from ray.cluster_utils import Cluster
from ayni.core.errors import InputError, StageFailed
from ayni.pipeline.engines.ray import RayEngine
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
node = cluster.add_node(num_cpus=1)
cluster.wait_for_nodes()
engine = RayEngine(2, cluster.address, patience=1.0)
assert list(engine.map("builtins:len", [{}, {"a": 1}, {"a": 1, "b": 2}] * 9)) == [0, 1, 2] * 9
try:
    list(engine.map("ayni.corpus.annotate:annotate_part", [{"scorers": ["fingerprnt"]}]))
except InputError as error:
    print(type(error).__name__, bool(error.what), bool(error.mend))
cluster.remove_node(node, allow_graceful=False)
try:
    list(engine.map("builtins:len", [{}]))
except StageFailed as error:
    print(error.what, error.why, sep=" | ")
engine.close()
cluster.shutdown()
"""


def test_errors_arrive_as_they_were_raised(tmp_path):
    """What a task raises, and a cluster whose processors are gone for good."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", ERRORS], capture_output=True, text=True, timeout=150, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "InputError True True" in done.stdout
    assert "were lost in builtins:len | the cluster has had no processor" in done.stdout
