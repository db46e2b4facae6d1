// Holds what is opened: the key, the names, and nobody else. It fetches sealed records page by page,
// opens them, and hands out what fits on a screen, so that the page itself never waits. When the
// page ends it, everything in it is gone.

import { openKeyFile, readKeyFile } from "./keyfile.js";
import { openRecord } from "./seal.js";
import { csvLine, fold } from "./names_text.js";

const PAGE = 50; // rows on a screen
const AT_ONCE = 16; // records in the hands of WebCrypto
const TRIES = [500, 1500, 4000, 8000]; // milliseconds before a page is asked for again
const COLUMNS = ["name", "email", "country", "language", "on", "evidence", "text"];
const TELL = 250; // milliseconds between two words about progress
const HANDOVER = "handover";

let [key, setup, after] = [null, null, ""];
let [rows, orders, seen] = [[], new Map(), new Set()];
const [shut, doubtful] = [[], []];

const say = (said, more = {}) => postMessage({ said, ...more });

// ---- opening

const deeds = {
  async open({ file, passphrase, ...rest }) {
    setup = rest;
    try {
      const { keyId } = await readKeyFile(file);
      if (!Object.hasOwn(setup.facts.keys, keyId)) return say("refused", { why: "unknown-key" });
      key = await openKeyFile(file, passphrase);
    } catch (error) {
      return say("refused", { why: error.code ?? "not-a-key-file" });
    }
    say("begun");
    await fetchAndOpen();
  },
  "go on": () => fetchAndOpen(),
  find: ({ query, turn }) => say("page", { turn, ...found(query) }),
  changed({ row, state }) {
    const at = rows.findIndex((it) => it.row === row);
    if (at < 0) return;
    if (state === "withdrawn") rows.splice(at, 1);
    else rows[at].state = state;
    orders = new Map();
    say("opened", summary());
  },
  list: ({ whose, columns, words }) => say("list", { blob: listed(whose, columns, words) }),
};

addEventListener("message", ({ data }) => deeds[data.do](data));

/** Fetch a page while the one before is being opened. */
async function fetchAndOpen() {
  try {
    let next = fetched(after);
    while (next) {
      const page = await next;
      next = page.next === null ? null : fetched(page.next);
      next?.catch(() => {}); // waited for in the next turn
      await openAll(page.rows);
      after = page.next ?? after;
    }
    say("opened", summary());
  } catch (error) {
    say("broken", { why: error.message === "refused" ? "refused" : "broken" });
  }
}

async function fetched(from) {
  for (const pause of [...TRIES, null]) {
    try {
      return await asked(from);
    } catch (error) {
      if (pause === null || error.message === "refused") throw error;
    }
    await new Promise((done) => setTimeout(done, pause));
  }
}

async function asked(from) {
  const body = new URLSearchParams({ csrf_token: setup.token, key: key.keyId, after: from });
  // An answer that leads elsewhere is the door of somebody signed out.
  const answer = await fetch(setup.records, { method: "POST", body, redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) throw new Error("refused");
  if (!answer.ok) throw new Error("broken");
  return answer.json();
}

async function openAll(lines) {
  let [at, told] = [0, performance.now()];
  async function lane() {
    while (at < lines.length) {
      await openOne(lines[at++]);
      if (performance.now() - told > TELL) [told] = [performance.now(), progress()];
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  progress();
}

const progress = () => say("progress", { opened: rows.length, done: rows.length + shut.length });

async function openOne(line) {
  if (seen.has(line.row)) return void shut.push({ row: line.row, why: "twice" });
  seen.add(line.row);
  const copies = line.copy ? { [key.keyId]: line.copy } : {};
  const where = { purpose: "signature", petition: setup.facts.petition, row: line.row };
  try {
    keep(line, signer(await openRecord({ box: line.box, copies }, key, where)));
  } catch (error) {
    shut.push({ row: line.row, why: error.code ?? "altered" });
  }
}

/** Whoever knows a public key can seal anything: each field is what it should be, or nothing is. */
function signer(found) {
  for (const name of ["name", "email", "country", "language", "text_sha256"]) {
    if (typeof found[name] !== "string") throw new TypeError(name);
  }
  if (!Array.isArray(found.consents)) throw new TypeError("consents");
  return found;
}

/** Keep a signature as an organiser reads it: what the signer sealed decides, not what we are told. */
function keep(line, { name, email, country, language, text_sha256, consents }) {
  const { parts, texts } = setup.facts;
  const [spoken, revision, sha256] = texts[line.text] ?? ["", 0, ""];
  if (sha256 !== text_sha256) doubtful.push({ row: line.row, why: "other-text" });
  const held = line.parts.filter((part) => consents.includes(parts[part]?.[1]));
  if (held.length < line.parts.length) doubtful.push({ row: line.row, why: "other-consent" });
  const kinds = held.map((part) => parts[part][0]);
  const { row, on, evidence, state } = line;
  const agreed = kinds.includes(HANDOVER) ? "yes" : "no";
  const text = { language: spoken, revision };
  rows.push({ row, name, email, country, language, on, evidence, state, agreed, kinds, text, folded: fold(`${name} ${email}`) });
}

// ---- finding

function summary() {
  const facets = {};
  for (const name of ["language", "country", "evidence", "agreed", "state"]) facets[name] = counted(name);
  const standing = rows.filter((it) => it.state === "confirmed");
  const agreed = standing.filter((it) => it.agreed === "yes").length;
  return { opened: rows.length, shut, doubtful, facets, names: { agreed, everybody: standing.length } };
}

function counted(name) {
  const found = new Map();
  for (const row of rows) found.set(row[name], (found.get(row[name]) ?? 0) + 1);
  return [...found];
}

function found({ text, by, sort, down, page }) {
  const words = fold(text).split(" ").filter(Boolean);
  const asked = Object.entries(by).filter(([, value]) => value);
  const fits = (row) => asked.every(([name, value]) => row[name] === value) && words.every((it) => row.folded.includes(it));
  const fitting = ordered(sort).filter(fits);
  if (down) fitting.reverse();
  const pages = Math.max(1, Math.ceil(fitting.length / PAGE));
  const here = Math.min(page, pages - 1);
  const shown = fitting.slice(here * PAGE, (here + 1) * PAGE).map(({ folded, ...row }) => row);
  return { rows: shown, found: fitting.length, total: rows.length, page: here, pages };
}

/** Sort once by each column; asking again costs nothing. */
function ordered(by) {
  if (!orders.has(by)) {
    const { compare } = new Intl.Collator(setup.language, { numeric: true });
    orders.set(by, rows.toSorted((one, other) => compare(one[by], other[by]) || compare(one.name, other.name)));
  }
  return orders.get(by);
}

// ---- a list

/** Write a table. Those who agreed to the hand-over agreed to name and country, nothing else. */
function listed(whose, columns, words) {
  const kinds = [...new Set(Object.values(setup.facts.parts).map(([kind]) => kind))];
  const cells = whose === "agreed" ? agreedCells : (row) => allCells(row, kinds, words);
  const head = whose === "agreed" ? ["name", "country"] : COLUMNS;
  const heads = [...head.map((it) => columns[it]), ...(whose === "agreed" ? [] : kinds)];
  const wanted = ordered("name").filter((it) => it.state === "confirmed" && (whose !== "agreed" || it.agreed === "yes"));
  // A mark by which spreadsheets know UTF-8; without it Korean comes out as noise.
  return new Blob(["\ufeff", csvLine(heads), ...wanted.map((it) => csvLine(cells(it)))], { type: "text/csv;charset=utf-8" });
}

const agreedCells = ({ name, country }) => [name, country];

function allCells({ name, email, country, language, on, evidence, text, kinds }, all, words) {
  const given = all.map((kind) => (kinds.includes(kind) ? words.yes : words.no));
  return [name, email, country, language, on, evidence, `${text.language} ${text.revision}`, ...given];
}
