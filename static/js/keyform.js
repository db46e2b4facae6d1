// What the key pages share: a key file and its passphrase turned into a key, on this page only;
// words that the page brings along; and how the server is asked.

import { asTyped, openKeyFile, readKeyFile } from "./keyfile.js";

/** Something went wrong that the page has words for (`data-says`). */
export class Trouble extends Error {
  constructor(code, said = "") {
    super(code);
    Object.assign(this, { name: "Trouble", code, said });
  }
}

/** Show the parts that need JavaScript; say so where the browser keeps its cryptography locked. */
export function begin(area) {
  if (!globalThis.crypto?.subtle) return void show(area, "insecure");
  area.querySelectorAll("[data-script]").forEach((it) => (it.hidden = false));
  return area;
}

/** Show one of the page's messages and hide the others; "" hides all. */
export function show(area, code, said = "") {
  const known = [...area.querySelectorAll("[data-says]")];
  const wanted = known.find((it) => it.dataset.says === code) ?? (code && known.find((it) => it.dataset.says === "other"));
  known.forEach((it) => (it.hidden = it !== wanted));
  const words = wanted && wanted.querySelector("[data-said]");
  if (words && said) words.textContent = said;
  if (wanted && code) wanted.scrollIntoView({ block: "nearest" });
}

/** Where a trouble is put right. */
const PLACES = {
  "no-file": "[data-key-file]",
  "not-a-key-file": "[data-key-file]",
  "no-passphrase": "[data-passphrase]",
  "wrong-passphrase": "[data-passphrase]",
  "other-words": "[data-again]",
};

/** A button that was busy has lost the focus: give it back, or lead to what must be put right. */
function goOnFrom(area, button, code) {
  const here = document.activeElement;
  if (here !== document.body && here !== button) return;
  ((code in PLACES && area.querySelector(PLACES[code])) || button).focus({ preventScroll: true });
}

/** Run what a button asks for: busy meanwhile, and every trouble in words. */
export async function attempt(area, button, work) {
  let wrong = "";
  show(area, "");
  button.disabled = true;
  area.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (trouble) {
    wrong = trouble.code ?? "other";
    show(area, wrong, trouble.said);
  } finally {
    button.disabled = false;
    area.removeAttribute("aria-busy");
    goOnFrom(area, button, wrong);
  }
}

/** Read the key file that was chosen, or whose text was pasted. */
export async function fileText(area) {
  const [file] = area.querySelector("[data-key-file]").files;
  const pasted = area.querySelector("[data-key-text]").value.trim();
  if (!file && !pasted) throw new Trouble("no-file");
  const text = file ? await file.text() : pasted;
  await readKeyFile(text);
  return text;
}

/** Open the chosen key with the passphrase that was typed. */
export async function openChosen(area) {
  const [text, passphrase] = [await fileText(area), area.querySelector("[data-passphrase]").value];
  if (!asTyped(passphrase)) throw new Trouble("no-passphrase");
  return openKeyFile(text, passphrase);
}

/** Forget what was chosen and typed. */
export function forget(area) {
  area.querySelectorAll("[data-key-file], [data-key-text], [data-passphrase]").forEach((it) => (it.value = ""));
}

/** Ask the server; only what stands in `sent` goes there. */
export async function ask(url, sent) {
  const token = document.querySelector("[name=csrf_token]").value;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  let answer, told;
  try {
    // Signed out: an answer that leads elsewhere is no answer.
    answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(sent), redirect: "error" });
    told = await answer.json();
  } catch {
    throw new Trouble("unreachable");
  }
  if (!answer.ok) throw new Trouble("refused", told.error);
  return told;
}
