// The page's texts in three languages: the reader's choice first, then the browser's languages, then Spanish.
const KEY = "ayni.language";

const recall = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const remember = (tag) => { try { localStorage.setItem(KEY, tag); } catch { /* a browser that keeps nothing */ } };

export class Texts {
  #all;
  tag = "es";

  static async load() {
    const texts = new Texts();
    texts.#all = await (await fetch("/assets/texts.json")).json();
    const wanted = [recall(), ...navigator.languages.map((each) => each.slice(0, 2).toLowerCase()), "es"];
    texts.tag = wanted.find((each) => each && Object.hasOwn(texts.#all, each));
    return texts;
  }

  get tags() { return Object.keys(this.#all); }

  name(tag) { return this.#all[tag].name; }

  say(key, values = {}) {
    const text = this.#all[this.tag][key];
    return typeof text === "string" ? text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole) : text;
  }

  choose(tag) {
    this.tag = tag;
    remember(tag);
  }

  // Elements say in their markup which text is theirs, and whether it is content, label or placeholder
  apply(root) {
    document.documentElement.lang = this.tag;
    document.title = this.say("title");
    for (const each of root.querySelectorAll("[data-text]")) each.textContent = this.say(each.dataset.text, each.dataset);
    for (const each of root.querySelectorAll("[data-label]")) each.setAttribute("aria-label", this.say(each.dataset.label));
    for (const each of root.querySelectorAll("[data-placeholder]")) each.placeholder = this.say(each.dataset.placeholder);
  }
}
