// The conversation on the page. Everything that a person or the model wrote is put in as textContent, never as markup.
import { Texts } from "./language.js";
import { ask, findModel } from "./stream.js";

const FAULTS = {
  network: "error_network", engine_restarting: "error_engine", engine_failed: "error_engine", engine_down: "error_down",
  context_length_exceeded: "error_long", request_too_large: "error_large",
};
const part = (id) => document.getElementById(id);
const [log, form, box, send, stop, status] = ["log", "form", "message", "send", "stop", "status"].map(part);
const texts = await Texts.load();
let model = null;
let messages = [];
let running = null; // the AbortController of the answer that is being written

function element(name, { text, key, kind, values } = {}) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (key) { Object.assign(made.dataset, values, { text: key }); made.textContent = texts.say(key, values); }
  if (text !== undefined) made.textContent = text;
  return made;
}

function addTurn(role, text) {
  const turn = element("article", { kind: role === "user" ? "mine" : "theirs" });
  const words = element("p", { kind: "text", text });
  turn.append(element("h2", { key: role === "user" ? "you" : "model" }), words);
  log.append(turn);
  return { turn, words };
}

const isAtEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 120;
const goToEnd = () => scrollTo({ top: document.documentElement.scrollHeight });

function show() {
  part("start").hidden = messages.length > 0 || running !== null;
  send.hidden = running !== null;
  stop.hidden = running === null;
  send.disabled = !box.value.trim();
}

function fit() {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

async function answer() {
  const { turn, words } = addTurn("assistant", "");
  const mine = running = new AbortController();
  const heard = messages;
  let finish = null;
  let fault = null;
  turn.classList.add("busy");
  turn.setAttribute("aria-busy", "true");
  status.textContent = texts.say("writing");
  show();
  goToEnd();
  try {
    model ??= await findModel();
    for await (const piece of ask(model, heard, mine.signal)) {
      const follow = isAtEnd();
      words.append(piece.text);
      finish = piece.finish ?? finish;
      if (follow) goToEnd();
    }
  } catch (error) {
    if (error.name === "AbortError") finish = "stopped";
    else fault = error;
  }
  turn.classList.remove("busy");
  turn.removeAttribute("aria-busy");
  if (running === mine) running = null;
  if (heard === messages) conclude(turn, words, finish, fault);
  show();
}

// What stands below an answer, and what a screen reader says when it is there
function conclude(turn, words, finish, fault) {
  const text = words.textContent;
  if (text) messages.push({ role: "assistant", content: text });
  else if (!fault) words.remove();
  if (fault) {
    if (!text) words.remove();
    const note = element("p", { kind: "fault", key: FAULTS[fault.code] ?? "error_other", values: { why: fault.message } });
    turn.append(note, repairButton(turn, fault));
    status.textContent = note.textContent;
    goToEnd();
    return;
  }
  const key = { stopped: "stopped", length: "cut" }[finish] ?? (text ? null : "empty");
  if (key) turn.append(element("p", { kind: "note", key }));
  status.textContent = [text, key ? texts.say(key) : ""].join(" ").trim();
}

function repairButton(turn, fault) {
  const tooLong = fault.code === "context_length_exceeded";
  const button = element("button", { kind: "quiet", key: tooLong ? "new" : "retry" });
  button.type = "button";
  button.addEventListener("click", () => {
    if (tooLong) return begin();
    if (running) return undefined;
    turn.remove();
    if (messages.at(-1)?.role === "assistant") messages.pop();
    box.focus();
    return answer();
  });
  return button;
}

function say(text) {
  const words = text.trim();
  if (!words || running) return;
  // A question that was never answered gives way to this one: chat templates expect turns to alternate
  if (messages.at(-1)?.role === "user") messages.pop();
  messages.push({ role: "user", content: words });
  box.value = "";
  fit();
  addTurn("user", words);
  answer();
}

function begin() {
  running?.abort();
  running = null;
  messages = [];
  log.replaceChildren();
  status.textContent = "";
  show();
  box.focus();
}

function offerExamples() {
  const buttons = texts.say("examples").map((text) => {
    const button = element("button", { text });
    button.type = "button";
    button.addEventListener("click", () => { say(text); box.focus(); });
    const item = element("li");
    item.append(button);
    return item;
  });
  part("examples").replaceChildren(...buttons);
}

form.addEventListener("submit", (event) => { event.preventDefault(); say(box.value); });
box.addEventListener("input", () => { fit(); show(); });
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  say(box.value);
});
stop.addEventListener("click", () => { running?.abort(); box.focus(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") running?.abort(); });
part("new").addEventListener("click", begin);

const language = part("language");
language.append(...texts.tags.map((tag) => {
  const option = element("option", { text: texts.name(tag) });
  option.value = tag;
  option.lang = tag;
  return option;
}));
language.value = texts.tag;
language.addEventListener("change", () => {
  texts.choose(language.value);
  texts.apply(document);
  offerExamples();
});

texts.apply(document);
offerExamples();
show();
findModel().then((name) => { model = name; part("model-name").textContent = name; }, () => { /* the first answer will say so */ });
