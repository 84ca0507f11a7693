"""Floor 1: recipes, stages, the store and the engines that run them."""
