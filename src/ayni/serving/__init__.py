"""Serving: a model answers, in the terminal, in a page on this machine, and to every client of the OpenAI wire.

    weights      the GGUF file that is meant by a path
    engines/     programs that compute answers; each runs as a process of its own, on 127.0.0.1
    endpoint     where an engine listens, what is said to it, what it says back
    keeper       notices that the engine died, starts it once more
    api          the OpenAI wire under uvicorn, and the chat page
    terminal     the conversation of `ayni chat`

Example:  with LlamaCpp() as engine: endpoint = engine.start(Path("ayni-q8_0.gguf"))
"""
