// One answer from the server as it is written: an async generator of {text} and {finish}; throws Fault.
export class Fault extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function refuse(reply) {
  let error = {};
  try { error = (await reply.json()).error ?? {}; } catch { /* not our shape */ }
  return new Fault(error.code ?? String(reply.status), error.message ?? `HTTP ${reply.status}`);
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const found = (rest + value).split("\n");
    rest = found.pop();
    yield* found;
  }
}

export async function* ask(model, messages, signal) {
  const body = JSON.stringify({ model, messages, stream: true });
  let ended = false;
  try {
    const reply = await fetch("/v1/chat/completions", { method: "POST", headers: { "Content-Type": "application/json" }, body, signal });
    if (!reply.ok) throw await refuse(reply);
    for await (const line of lines(reply.body)) {
      if (!line.startsWith("data: ")) continue;
      if (line === "data: [DONE]") { ended = true; continue; }
      const event = JSON.parse(line.slice(6));
      if (event.error) throw new Fault(event.error.code, event.error.message);
      const choice = event.choices[0];
      if (choice) yield { text: choice.delta.content ?? "", finish: choice.finish_reason };
    }
  } catch (error) {
    if (error instanceof Fault || error.name === "AbortError") throw error;
    throw new Fault("network", error.message);
  }
  if (!ended) throw new Fault("network", "the stream broke off");
}

export async function findModel() {
  try {
    const reply = await fetch("/v1/models");
    return (await reply.json()).data[0].id;
  } catch (error) {
    throw new Fault("network", error.message);
  }
}
