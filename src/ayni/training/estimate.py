"""What training would cost, for `ayni plan`: the shape of the model that the recipe trains, and the budget, on a site's machines.

    estimate(recipe, step, machines).gpu_hours

The shape is what `size` says in the step that the model comes from; where no step says it, nothing can be counted yet.
"""

from __future__ import annotations

from ayni.model.cost import Cost, Workload, estimate_training
from ayni.model.sizes import Size, find_size
from ayni.pipeline.recipe import Recipe, Step
from ayni.pipeline.site import Machines


def estimate(recipe: Recipe, step: Step, machines: Machines) -> Cost | None:
    """The cost of a `training.train` step, or None where the recipe does not say how large the model is."""
    size = _find_shape(recipe, step)
    if size is None:
        return None
    params = step.params.model_dump()
    held = max(1, -(-params["batch"] // machines.gpus))
    held = min(held, params["part"] or held)
    width = 2 if params["compute"] == "bfloat16" else 4
    share = _share_trained(size, params["lora_rank"], params["frozen_layers"])
    return estimate_training(Workload(size, params["budget"], params["length"], held, share, compute_bytes=width), machines)


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
