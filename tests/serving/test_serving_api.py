"""The wire, through OpenAI's own client."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest

CHAT = [{"role": "user", "content": "Allillanchu"}]


def ask(client, **more):
    return client.chat.completions.create(model="sumaq", messages=CHAT, **more)


def test_models(client):
    assert [model.id for model in client.models.list()] == ["sumaq"]
    assert client.models.retrieve("sumaq").owned_by == "ayni"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-4o")
    assert caught.value.code == "model_not_found"


def test_chat_ends_where_its_turn_ends(client):
    answer = ask(client)
    assert answer.object == "chat.completion"
    assert answer.choices[0].message.content == "Sumaq"
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens in (5, 6)  # the end token counts or not, as the engine has it


def test_chat_streams(client):
    events = list(ask(client, stream=True, stream_options={"include_usage": True}))
    *chunks, last = events
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Sumaq"
    assert len(chunks) >= 6, "it came in pieces"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == ["stop"]
    assert len({chunk.id for chunk in events}) == 1
    assert last.choices == [] and last.usage == ask(client).usage


def test_stream_without_usage(client):
    assert all(chunk.choices and chunk.usage is None for chunk in ask(client, stream=True))


def test_limit(client):
    answer = ask(client, max_tokens=2)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("Su", "length")
    assert ask(client, max_completion_tokens=3, max_tokens=5).choices[0].message.content == "Sum"


def test_stop(client):
    answer = ask(client, stop=["never", "m"])
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("Su", "stop")
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in ask(client, stop="aq", stream=True))
    assert streamed == "Sum"


def test_several_choices(client):
    answer = ask(client, n=3, seed=1, temperature=0.5, top_p=0.9)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert {choice.message.content for choice in answer.choices} == {"Sumaq"}
    single = ask(client).usage
    assert answer.usage.prompt_tokens == single.prompt_tokens
    assert answer.usage.completion_tokens == 3 * single.completion_tokens
    found = {}
    for chunk in ask(client, n=2, stream=True):
        for choice in chunk.choices:
            found[choice.index] = found.get(choice.index, "") + (choice.delta.content or "")
    assert found == {0: "Sumaq", 1: "Sumaq"}


def test_completions(client):
    answer = client.completions.create(model="sumaq", prompt="x", max_tokens=4)
    assert (answer.object, answer.choices[0].text, answer.choices[0].finish_reason) == ("text_completion", "yxyx", "length")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (1, 4)
    assert len(client.completions.create(model="sumaq", prompt="x").choices[0].text) == 16


def test_completions_of_several_prompts(client):
    answer = client.completions.create(model="sumaq", prompt=["x", "y"], n=2, max_tokens=2)
    assert [choice.text for choice in answer.choices] == ["yx", "yx", "xy", "xy"]
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (2, 8)


def test_letters_of_two_tokens_arrive_whole(client):
    events = client.completions.create(model="sumaq", prompt="w", max_tokens=7, stream=True, stream_options={"include_usage": True})
    *chunks, last = list(events)
    assert "".join(chunk.choices[0].text for chunk in chunks).startswith("éwéw")
    assert last.usage.completion_tokens == 7


def test_same_seed_same_words(served):
    client = served.client()
    draw = {client.completions.create(model="sumaq", prompt="q r s", max_tokens=8, temperature=2, seed=9).choices[0].text for _ in range(3)}
    assert len(draw) == 1


def test_content_in_parts_and_fields_handed_back(client):
    messages = [
        {"role": "developer", "content": "Responde breve."},
        {"role": "user", "content": [{"type": "text", "text": "Alli"}, {"type": "text", "text": "llanchu"}], "name": "Ana"},
        ask(client).choices[0].message.model_dump(),
        {"role": "user", "content": "¿Y?"},
    ]
    answer = client.chat.completions.create(model="sumaq", messages=messages, user="me", store=False, response_format={"type": "text"})
    assert answer.choices[0].message.content == "Sumaq"


WRONG = {
    "no messages": ({"messages": []}, "messages"),
    "a message without content": ({"messages": [{"role": "user"}]}, "messages"),
    "an unknown role": ({"messages": [{"role": "shaman", "content": "x"}]}, "messages"),
    "a picture": ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "messages"),
    "a tool's answer": ({"messages": [{"role": "assistant", "content": "x", "tool_calls": [{"id": "1"}]}]}, "messages"),
    "half a character": ({"messages": [{"role": "user", "content": "\ud83d"}]}, "messages"),
    "too hot": ({"temperature": 2.5}, "temperature"),
    "a text for a number": ({"temperature": "warm"}, "temperature"),
    "a share above one": ({"top_p": 1.5}, "top_p"),
    "no tokens": ({"max_tokens": 0}, "max_tokens"),
    "no choices": ({"n": 0}, "n"),
    "a hundred choices": ({"n": 100}, "n"),
    "five stops": ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
    "an empty stop": ({"stop": ""}, "stop"),
    "tools": ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
    "likelihoods": ({"logprobs": True}, "logprobs"),
    "another form": ({"response_format": {"type": "json_object"}}, "response_format"),
    "a field that nobody knows": ({"kuti": 1}, "kuti"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_refuses(served, case):
    extra, param = WRONG[case]

    body = json.dumps({"model": "sumaq", "messages": CHAT, **extra})  # as bytes: the client's own checks stand aside
    reply = httpx.post(f"{served.address}/v1/chat/completions", content=body, headers={"Content-Type": "application/json"}, trust_env=False)
    error = reply.json()["error"]
    assert (reply.status_code, error["type"], error["param"]) == (400, "invalid_request_error", param)
    assert error["message"] and set(error) == {"message", "type", "param", "code"}


def test_refusals_as_the_client_raises_them(client):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, temperature=3)
    assert caught.value.param == "temperature"
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="nobody", messages=CHAT)
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="sumaq", input="x")
    with pytest.raises(openai.BadRequestError):
        client.completions.create(model="sumaq", prompt="")


@pytest.mark.parametrize("stream", [False, True])
def test_a_conversation_that_does_not_fit(client, stream):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="sumaq", messages=[{"role": "user", "content": "z " * 6000}], stream=stream)
    assert caught.value.code == "context_length_exceeded"


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_fills_the_context(client, stream):
    found = client.completions.create(model="sumaq", prompt="x", max_tokens=9000, stream=stream)
    finish = [chunk.choices[0].finish_reason for chunk in found][-1] if stream else found.choices[0].finish_reason
    assert finish == "length"


def test_more_conversations_than_slots(served):
    def talk(number):
        client = served.client(max_retries=0)
        whole = ask(client, stream=False).choices[0].message.content
        pieces = client.completions.create(model="sumaq", prompt="xy"[number % 2], max_tokens=200, stream=True)
        return whole, "".join(chunk.choices[0].text for chunk in pieces)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(talk, range(8)))
    assert found == [("Sumaq", "yx" * 100 if number % 2 == 0 else "xy" * 100) for number in range(8)]
