"""Floor 2: the Llama model, its weights, its tokenizer and its likelihood."""
