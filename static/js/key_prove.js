// Proves a key: the server seals something random to its public half, this page opens it and says
// what it was. The key file and its passphrase stay here.

import { ask, attempt, begin, fileText, forget, openChosen } from "./keyform.js";
import { readKeyFile } from "./keyfile.js";
import { fingerprintOf, openRecord } from "./seal.js";

const area = begin(document.querySelector("[data-prove-key]"));

async function prove() {
  const key = await openChosen(area);
  const { record, where } = await ask(area.dataset.challenge, { key_id: key.keyId });
  const { answer } = await openRecord(record, key, where);
  const { next } = await ask(area.dataset.answer, { row: where.row, answer });
  forget(area);
  location.assign(next);
}

/** Say whose file was chosen before anybody types a passphrase. */
async function name() {
  const whose = area.querySelector("[data-whose]");
  try {
    const file = await readKeyFile(await fileText(area));
    whose.textContent = `${file.label} · ${await fingerprintOf(file.publicRaw)}`;
  } catch {
    whose.textContent = "";
  }
}

if (area) {
  area.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(area, area.querySelector("[data-go]"), prove);
  });
  area.querySelector("[data-key-file]").addEventListener("change", name);
  area.querySelector("[data-key-text]").addEventListener("change", name);
}
