// What the tablet says, in the language of whoever holds it. All languages are part of the pages.

const PLACE = /%\((\w+)\)s/g;
const root = document.documentElement;

let book = null;
let tongue = "en";

/** Read all texts; they come with the pages, so this works without a network. */
export async function readWords(address = root.dataset.words) {
  if (book) return book;
  const answer = await fetch(address, { credentials: "omit" });
  if (!answer.ok) throw new Error(`The texts answered ${answer.status}.`);
  book = await answer.json();
  return book;
}

/** List the languages that we speak: { code, name, dir }. */
export const languages = () => book?.languages ?? [];

/** Tell which language is spoken now. */
export const spoken = () => tongue;

/** Speak a language from here on; one that we do not speak leaves the one before. */
export function speak(language) {
  const found = languages().find((it) => it.code === language);
  if (!found) return tongue;
  tongue = found.code;
  root.lang = tongue;
  root.dir = found.dir;
  const manifest = document.querySelector("link[rel=manifest]");
  if (manifest) manifest.href = `/kiosk/manifest.webmanifest?lang=${tongue}`;
  return tongue;
}

/** Choose among our languages what the browser's owner reads; else English. */
export function wished(asked = navigator.languages ?? [navigator.language]) {
  const ours = languages().map((it) => it.code);
  for (const tag of asked) {
    const exact = ours.find((code) => code.toLowerCase() === tag.toLowerCase());
    const close = ours.find((code) => script(code) === script(tag));
    if (exact ?? close) return exact ?? close;
  }
  return "en";
}

// zh-TW reads zh-Hant, zh-SG reads zh-Hans; a region alone does not matter.
function script(tag) {
  try {
    const full = new Intl.Locale(tag).maximize();
    return `${full.language}-${full.script}`;
  } catch {
    return tag;
  }
}

/** Say something: the text of `key`, with `values` in their places; English where it is missing. */
export function t(key, values = {}, language = tongue) {
  const text = book?.texts[language]?.[key] ?? book?.texts.en?.[key];
  if (text === undefined) {
    console.error(`There is no text "${key}".`); // a mistake of ours must not stop somebody who signs
    return key;
  }
  return text.replace(PLACE, (place, name) => (name in values ? String(values[name]) : place));
}

/** Write a number as the language does; digits stay Latin. */
export function number(value, language = tongue) {
  return new Intl.NumberFormat(language, { numberingSystem: "latn" }).format(value);
}
