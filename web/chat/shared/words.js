/** The words of a page: one JSON file for each language, chosen by what the reader understands. */

const FALLBACK = "en";

/** Languages that are written in several scripts, so that a file's name says which one. */
const SCRIPTED = new Set(["zh", "sr", "uz"]);

/** All the languages of one page. Adding a language is adding its file. */
export class WordBook {
  #folders;
  #files = new Map();

  /** A later folder goes before an earlier one. */
  constructor(...folders) {
    this.#folders = folders;
  }

  /** The words of the first of these languages that has a file. */
  async choose(tags) {
    const fallback = (await this.#load(FALLBACK)) ?? {};
    for (const tag of tags) {
      const name = fileOf(tag);
      const own = name && (await this.#load(name));
      if (own) return new Words(name, tag, own, fallback);
    }
    return new Words(FALLBACK, FALLBACK, fallback, fallback);
  }

  #load(name) {
    if (!this.#files.has(name)) this.#files.set(name, this.#fetch(name));
    return this.#files.get(name);
  }

  async #fetch(name) {
    const files = await Promise.all(this.#folders.map((folder) => fetchWords(`${folder}/${name}.json`)));
    return files.some(Boolean) ? Object.assign({}, ...files) : null;
  }
}

export class Words {
  #own;
  #fallback;

  /** `locale` is the reader's own tag (en-GB), whose dates and numbers differ from those of another (en-US). */
  constructor(language, locale, own, fallback) {
    this.language = language;
    this.locale = locale;
    this.#own = own;
    this.#fallback = fallback;
  }

  /** The words for an id with `{name}` filled in; undefined where no file has them. */
  find(id, values = {}) {
    const words = this.#own[id] ?? this.#fallback[id];
    return words?.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  }

  say(id, values = {}) {
    return this.find(id, values) ?? id;
  }

  /** The words for a member of an open set; a name nobody has worded is made readable. */
  name(set, member) {
    return this.find(`${set}.${member}`) ?? readable(member);
  }

  /** Word everything in the page that carries `data-word`, `data-label` or `data-placeholder`. */
  apply(root = document) {
    document.documentElement.lang = this.language;
    document.documentElement.dir = this.find("direction") ?? "ltr";
    for (const node of root.querySelectorAll("[data-word]")) node.textContent = this.say(node.dataset.word);
    for (const node of root.querySelectorAll("[data-label]")) {
      node.setAttribute("aria-label", this.say(node.dataset.label));
    }
    for (const node of root.querySelectorAll("[data-placeholder]")) {
      node.placeholder = this.say(node.dataset.placeholder);
    }
  }
}

/** `de-AT` → `de`, `zh-CN` → `zh-Hans`; null for what is no language tag. */
export function fileOf(tag) {
  try {
    const locale = new Intl.Locale(tag).maximize();
    return SCRIPTED.has(locale.language) ? `${locale.language}-${locale.script}` : locale.language;
  } catch {
    return null;
  }
}

export function readable(name) {
  const words = String(name).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

async function fetchWords(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
