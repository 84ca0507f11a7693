"""Who may come in, and how the others are told."""

import httpx
import pytest

CHAT = {"model": "sumaq", "messages": [{"role": "user", "content": "x"}]}


def knock(served, path="/v1/models", method="GET", **more):
    return httpx.request(method, served.address + path, trust_env=False, timeout=30, **more)


def port(served):
    return served.address.rpartition(":")[2]


def check_shape(reply, status):
    assert reply.status_code == status
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_own_names(served, name):
    assert knock(served, headers={"Host": f"{name}:{port(served)}"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/health", "/v1/models", "/assets/chat.js"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:{port}", ""])
def test_other_names(served, host, path):
    check_shape(knock(served, path, headers={"Host": host.format(port=port(served))}), 403)


def test_own_page_may_send(served):
    reply = knock(served, "/v1/chat/completions", "POST", json=CHAT, headers={"Origin": served.address})
    assert reply.json()["choices"][0]["message"]["content"] == "Sumaq"
    assert not [header for header in reply.headers if header.startswith("access-control")]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://localhost:1", "https://localhost:{port}"])
def test_other_pages_may_not(served, origin):
    headers = {"Origin": origin.format(port=port(served))}
    check_shape(knock(served, "/v1/chat/completions", "POST", json=CHAT, headers=headers), 403)


def test_no_leave_is_given_beforehand(served):
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    check_shape(knock(served, "/v1/chat/completions", "OPTIONS", headers=headers), 403)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", ""])
def test_forms_cannot_send(served, kind):
    check_shape(knock(served, "/v1/chat/completions", "POST", content=b"{}", headers={"Content-Type": kind}), 415)


@pytest.mark.parametrize("mebibytes", [2, 8])
def test_large_body(served, mebibytes):
    check_shape(knock(served, "/v1/completions", "POST", json={"model": "sumaq", "prompt": "z" * (mebibytes << 20)}), 413)


def test_large_body_without_a_stated_length(served):
    pieces = (b"z" * 65536 for _ in range(40))
    check_shape(knock(served, "/v1/completions", "POST", content=pieces, headers={"Content-Type": "application/json"}), 413)


BROKEN = {"nothing": b"", "half": b'{"model": ', "a list": b"[]", "no UTF-8": b'{"model": "\xff"}', "a well": b"[" * 500_000}


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_not_json(served, case):
    check_shape(knock(served, "/v1/completions", "POST", content=BROKEN[case], headers={"Content-Type": "application/json"}), 400)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v2", 404), ("GET", "/v1/completions", 405), ("POST", "/v1/models", 405)])
def test_wrong_address(served, method, path, status):
    check_shape(knock(served, path, method), status)


@pytest.mark.parametrize("name", ["../texts.json", "..%2f..%2f__init__.py", "nothing.js", "%2e%2e/style.css"])
def test_only_the_files_of_the_page(served, name):
    check_shape(knock(served, f"/assets/{name}"), 404)


def test_page_and_its_policy(served):
    reply = knock(served, "/")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "http" not in reply.text.replace("http-equiv", ""), "nothing from elsewhere"
    assert knock(served, "/health").json() == {"status": "ok"}
