// Makes a key on this page: the pair, its six words, its file or its two sheets. Only the public
// half is written into the form that goes to the server.

import { asTyped, proposePassphrase, writeKeyFile } from "./keyfile.js";
import { attempt, begin, show, Trouble } from "./keyform.js";
import { qrImage } from "./qr.js";
import { fingerprintOf, generateKey, publicText } from "./seal.js";

const area = begin(document.querySelector("[data-make-key]"));
const find = (name) => area.querySelector(`[data-${name}]`);
const form = document.querySelector("form[data-held-key]");
const state = { key: null, words: "", file: "" };

const isRecovery = () => form.elements.kind.value === "recovery";
const label = () => [form.elements.holder.value, form.elements.place.value].map((it) => it.trim()).join(", ");

function step(name) {
  area.querySelectorAll("[data-step]").forEach((it) => (it.hidden = it.dataset.step !== name));
  find("send-row").hidden = !["keep", "sent"].includes(name);
  // Where the next words begin; a page that has just been opened is left to whoever opened it.
  const first = [...area.querySelectorAll(`[data-step="${name}"] :is(h2, .notice)`)].find((it) => it.getClientRects().length);
  first?.focus();
}

function propose() {
  state.words = proposePassphrase(find("words").dataset.words.split(" "));
  find("words").textContent = state.words;
}

async function make() {
  const empty = [form.elements.holder, form.elements.place].find((it) => !it.value.trim());
  if (empty) {
    empty.focus();
    throw new Trouble("no-holder");
  }
  state.key = await generateKey();
  propose();
  step("words");
}

async function close() {
  if (asTyped(find("again").value) !== state.words) throw new Trouble("other-words");
  state.file = await writeKeyFile(state.key, label(), state.words);
  const fingerprint = await fingerprintOf(state.key.publicRaw);
  area.querySelectorAll("[data-fingerprint]").forEach((it) => (it.textContent = fingerprint));
  form.elements.public_key.value = publicText(state.key.publicRaw);
  offerFile();
  arrange();
  find("again").value = find("words").textContent = "";
  step("keep");
}

/** A file to save, or sheets to print. */
function arrange() {
  if (!state.file) return;
  area.querySelectorAll("[data-for]").forEach((it) => (it.hidden = it.dataset.for !== form.elements.kind.value));
  if (isRecovery()) fillSheets();
}

function offerFile() {
  const link = URL.createObjectURL(new Blob([state.file], { type: "application/json" }));
  area.querySelectorAll("[data-download]").forEach((it) => {
    it.href = link;
    it.download = `lantern-key-${state.key.keyId}.json`;
    it.addEventListener("click", kept);
  });
}

function fillSheets() {
  document.body.classList.add("sheets-only"); // from now on printing this page prints the sheets
  const sheets = document.querySelector("[data-sheets]");
  // White space says nothing; without it the code is easier to read.
  const text = JSON.stringify(JSON.parse(state.file));
  sheets.querySelector("[data-sheet-code]").replaceChildren(qrImage(text, sheets.dataset.code));
  sheets.querySelector("[data-sheet-text]").textContent = text;
  sheets.querySelector("[data-sheet-words]").textContent = state.words;
  sheets.querySelectorAll("[data-sheet-label]").forEach((it) => (it.textContent = label()));
  sheets.querySelectorAll("[data-sheet-key]").forEach((it) => (it.textContent = find("fingerprint").textContent));
}

function kept() {
  find("send").disabled = false;
}

function print() {
  globalThis.print();
  kept();
}

if (area) {
  const on = (name, work) =>
    find(name).addEventListener("click", (event) => attempt(area, event.currentTarget, work));
  on("make", make);
  on("close", close);
  find("other-words").addEventListener("click", propose);
  find("print").addEventListener("click", print);
  form.addEventListener("change", arrange);
  // Enter goes on by one step; the form itself is sent only from the last one.
  form.addEventListener("submit", (event) => {
    if (find("send").disabled) event.preventDefault();
  });
  find("again").addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      find("close").click();
    }
  });
  // The server had a question about whose key it is: the key itself is made and kept already.
  if (form.elements.public_key.value) {
    step("sent");
    find("send").disabled = false;
  } else step("make");
  show(area, "");
}
