// Re-seals data keys to one more key: a batch comes closed for the key that opens here, and goes back
// closed for the new one. The server keeps what was done, so this may stop anywhere and go on later.

import { ask, attempt, begin, forget, openChosen, show, Trouble } from "./keyform.js";
import { base64, publicKeyFrom, resealed } from "./seal.js";

const PATIENCE = [1000, 4000, 10000]; // milliseconds before asking again
const area = begin(document.querySelector("[data-reseal]"));
const state = { running: false, done: 0, shut: 0 };

const pause = (wait) => new Promise((resolve) => setTimeout(resolve, wait));

async function exchange(sent) {
  for (const wait of PATIENCE) {
    try {
      return await ask(area.dataset.url, sent);
    } catch (trouble) {
      if (trouble.code !== "unreachable") throw trouble;
      await pause(wait);
    }
  }
  return ask(area.dataset.url, sent);
}

async function copyFor(to, record, key) {
  const where = { purpose: area.dataset.purpose, petition: record.petition, row: record.row };
  try {
    return { place: record.place, copy: base64(await resealed(record.copy, key, where, to)) };
  } catch {
    state.shut += 1;
    return null;
  }
}

function tell() {
  const { all } = area.dataset;
  const [bar, words] = [area.querySelector("progress"), area.querySelector("[data-progress]")];
  const format = new Intl.NumberFormat(document.documentElement.lang);
  bar.max = Math.max(Number(all), state.done);
  bar.value = state.done;
  words.textContent = words.dataset.progress.replace("{done}", format.format(state.done)).replace("{all}", format.format(bar.max));
}

async function run() {
  const key = await openChosen(area);
  const publicRaw = await publicKeyFrom(area.dataset.publicKey);
  const to = { publicRaw, keyId: area.dataset.keyId };
  if (key.keyId === to.keyId) throw new Trouble("same-key");
  Object.assign(state, { running: true, done: 0, shut: 0 });
  area.querySelector("[data-running]").hidden = false;
  tell();
  let told = await exchange({ using: key.keyId, after: "", copies: [] });
  while (told.records.length && state.running) {
    const made = await Promise.all(told.records.map((record) => copyFor(to, record, key)));
    const after = told.records.at(-1).place;
    told = await exchange({ using: key.keyId, after, copies: made.filter(Boolean) });
    state.done += made.filter(Boolean).length;
    tell();
  }
  end(told);
}

function end(told) {
  if (told.left === null) return show(area, "stopped");
  forget(area);
  area.dataset.left = told.left;
  if (state.shut) return show(area, "some-shut");
  show(area, told.left ? "some-left" : "all-done");
}

if (area) {
  area.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(area, area.querySelector("[data-go]"), run).finally(() => (state.running = false));
  });
  area.querySelector("[data-stop]").addEventListener("click", () => (state.running = false));
}
