"""Stage `corpus.fetch`: what a repository or a hub has, into the store; the only stage of this room that touches the network.

    [tesis]
    stage = "corpus.fetch"
    address = "oai:https://repo.example.org/oai?set=tesis&metadataPrefix=oai_dc"      "hf:ORG/NAME@REVISION"  "s3://BUCKET/PREFIX"
    as_of = "2026-11"                            # another word here fetches anew

    [read]
    stage = "corpus.read"
    fetched = ["@tesis"]
    [[read.sources]]
    name = "tesis"
    path = "fetched:tesis"

A stage of its own keeps reading pure: its key is the address and `as_of`, and what came from the network goes into other keys by
its content alone, so that a second harvest with the same records rebuilds nothing. A killed run goes on with the next page.
"""

from __future__ import annotations

from ayni.core.buckets import is_bucket
from ayni.core.errors import InputError
from ayni.core.formats.files import Files, Origin
from ayni.corpus.bucket import fetch_bucket
from ayni.corpus.harvest import harvest
from ayni.corpus.hub import fetch_dataset
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage


class FetchParams(StageParams):
    """`address` is oai:URL, hf:ORG/NAME or a URL of object storage; `include`, patterns of files; `delay`, seconds between requests."""

    address: str
    as_of: str = ""
    include: tuple[str, ...] = ()
    delay: float = 1.0


@stage("corpus.fetch", version=1, places={"delay": True})
def fetch(job: Job, params: FetchParams) -> Files:  # type: ignore[return]
    """Fetch, and say where from."""
    found = Files(job.folder)
    found.folder().mkdir(parents=True, exist_ok=True)
    if params.address.startswith("oai:"):
        facts = harvest(params.address, job.state / "pages", found.folder(), delay=params.delay)
        origin = Origin(params.address, facts=facts)
    elif params.address.startswith("hf:"):
        origin = fetch_dataset(params.address, job.state, found.folder(), params.include)
    elif is_bucket(params.address):
        origin = fetch_bucket(params.address, job.state, found.folder(), params.include)
    else:
        raise InputError(
            f"'{params.address}' is nothing to fetch", why="known are oai:URL, hf:ORG/NAME and s3://BUCKET", mend="check the address"
        )
    found.write_origin(origin)
