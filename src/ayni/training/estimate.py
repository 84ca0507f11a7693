"""What training would cost, for `ayni plan`: the shape of the model that the recipe trains, and the budget, on a site's machines.

    estimate(recipe, step, site).gpu_hours

The shape is what `size` says in the step that the model comes from; where no step says it, nothing can be counted yet. A site that
spreads training (`[site.parallel]`) is counted with its mesh, another one as if weights were sharded over all its GPUs.
"""

from __future__ import annotations

from ayni.core.errors import InputError
from ayni.model.cost import Cost, Workload, estimate_training
from ayni.model.sizes import Size, find_size
from ayni.pipeline.recipe import Recipe, Step
from ayni.pipeline.site import Parallel, Site


def estimate(recipe: Recipe, step: Step, site: Site) -> Cost | None:
    """The cost of a `training.train` step, or None where the recipe or the site does not say enough. Raises InputError for a mesh that
    is not as large as the machines are many.
    """
    size, machines = _find_shape(recipe, step), site.machines
    if size is None or machines is None:
        return None
    params, mesh = step.params.model_dump(), site.parallel
    if mesh.ranks() == 1:
        mesh = Parallel(shard=machines.gpus, recompute=True)
    elif mesh.ranks() != machines.gpus:
        raise InputError(
            f"the site has {machines.gpus} GPUs, but its mesh {mesh.ranks()} ranks",
            why=f"replicate {mesh.replicate} x shard {mesh.shard} x tensor {mesh.tensor}",
            mend="let `gpus` of [site.machines] be the product of the three in [site.parallel]",
        )
    held = max(1, -(-params["batch"] // (mesh.replicate * mesh.shard)))
    held = min(held, params["part"] or held)
    width = 2 if params["compute"] == "bfloat16" else 4
    share = _share_trained(size, params["lora_rank"], params["frozen_layers"])
    work = Workload(size, params["budget"], params["length"], held, share, checkpointed=mesh.recompute, compute_bytes=width)
    return estimate_training(work, machines, mesh)


def _find_shape(recipe: Recipe, step: Step) -> Size | None:
    """The first `size` on the way up through the models that a step is made from."""
    for name in (*step.inputs.get("base", ()), *step.inputs.get("model", ())):
        above = recipe.step(name)
        if size := getattr(above.params, "size", ""):
            return find_size(size)
        if found := _find_shape(recipe, above):
            return found
    return None


def _share_trained(size: Size, rank: int, frozen: int) -> float:
    """The share of the parameters that has gradients and moments."""
    from ayni.model.cost import count_adapter, count_layer
    from ayni.model.sizes import count_parameters

    number = count_parameters(size)
    if rank:
        return count_adapter(size, rank) * (size.num_hidden_layers - frozen) / number
    if frozen:
        return (count_layer(size) * (size.num_hidden_layers - frozen) + size.hidden_size) / number
    return 1.0
