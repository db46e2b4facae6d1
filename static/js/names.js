// The page on which names are opened. It shows what its worker hands it and forgets everything when
// it is closed, left, or idle. Nothing here goes to storage, and no name or key to the server.

import { filled, fold } from "./names_text.js";

const IDLE = 15 * 60_000; // milliseconds after which names do not stay on an unattended screen
const TYPING = 150;

const home = document.getElementById("names");
const one = (selector, within = home) => within.querySelector(selector);
const all = (selector, within = home) => [...within.querySelectorAll(selector)];
const words = JSON.parse(home.dataset.words);
const facts = JSON.parse(home.dataset.facts);
const spoken = document.documentElement.lang;
const number = new Intl.NumberFormat(spoken, { numberingSystem: "latn" });
const dates = new Intl.DateTimeFormat(spoken, { dateStyle: "medium", timeZone: "UTC", numberingSystem: "latn" });
const regions = new Intl.DisplayNames([spoken], { type: "region" });
const stages = all("[data-stage]");
const [sheet, list] = [one("[data-one]"), one("dialog[data-list]")];
const FACTS = ["email", "country", "language", "on", "evidence", "agreed", "state", "text", "row"];
const total = Number(home.dataset.total);

let [worker, turn, timer, touched] = [null, 0, 0, Date.now()];
let [busy, shown, names, sure] = [false, [], { agreed: 0, everybody: 0 }, ""];
let query = fresh();

function fresh() {
  return { text: "", by: {}, sort: "name", down: false, page: 0 };
}

// ---- how things are written

const country = (code) => {
  try {
    return regions.of(code);
  } catch {
    return code;
  }
};
const written = {
  country,
  email: (value) => value || words["no-mailbox"],
  language: (code) => words.languages[code] ?? code,
  evidence: (value) => words.evidence[value] ?? value,
  agreed: (value) => words.agreed[value],
  state: (value) => words.state[value] ?? value,
  on: (value) => dates.format(new Date(value)),
  text: ({ language, revision }) => filled(words.text, { language: words.languages[language] ?? language, number: revision }),
};
const write = (name, value) => (written[name] ? written[name](value) : value);

function made(tag, text = "", more = {}) {
  const element = Object.assign(document.createElement(tag), more);
  element.append(text);
  return element;
}

function show(stage) {
  for (const it of stages) it.hidden = it.dataset.stage !== stage;
  one(`[data-stage=${stage}] h2`).focus();
}

function complain(where, text, field) {
  const place = one("[data-error], [data-broken]", where);
  place.hidden = !text;
  one("span:last-child", place).textContent = text;
  for (const it of all("[aria-invalid]", where)) it.removeAttribute("aria-invalid");
  field?.setAttribute("aria-invalid", "true");
  if (text) (field ?? place).focus();
}

// ---- from locked to opened and back

async function open(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const [file, passphrase] = [one("#key-file"), one("#passphrase")];
  const pasted = one("#key-text").value.trim();
  if (!globalThis.crypto?.subtle) return complain(form, words.insecure);
  if (!file.files.length && !pasted) return complain(form, words["no-file"], file);
  if (!passphrase.value) return complain(form, words["no-passphrase"], passphrase);
  complain(form, "");
  one("[data-wiped]").hidden = true;
  const text = file.files.length ? await file.files[0].text() : pasted;
  begin({ file: text, passphrase: passphrase.value });
}

function begin(secret) {
  const { worker: address, records, token } = home.dataset;
  worker?.terminate();
  worker = new Worker(address, { type: "module" });
  worker.addEventListener("message", ({ data }) => heard[data.said](data));
  worker.addEventListener("error", () => refuse("refused"));
  worker.postMessage({ do: "open", ...secret, facts, records, token, language: spoken });
  [busy, query] = [true, fresh()];
  one("[data-open] .primary").disabled = true;
}

function refuse(why) {
  end();
  show("locked");
  const wrong = { "wrong-passphrase": "#passphrase", "not-a-key-file": "#key-file", "unknown-key": "#key-file" }[why];
  complain(one("[data-open]"), words[why] ?? words.refused, wrong && one(wrong));
}

/** Let the worker go with all it holds, and take every name off the page. */
function end() {
  worker?.terminate();
  [worker, busy, shown, sure] = [null, false, [], ""];
  for (const dialog of [sheet, list]) dialog.close();
  for (const form of all("form:not([data-open])")) form.reset();
  one("#passphrase").value = "";
  for (const it of all("tbody, [data-facts-of-one], [data-name], [data-shut] ul, [data-doubtful] ul, [data-found], [data-said]")) it.replaceChildren();
  for (const select of all("[data-by]")) select.replaceChildren(select.firstElementChild);
  for (const button of all("[data-open] .primary")) button.disabled = false;
}

function wipe(why) {
  if (!worker) return;
  end();
  one("[data-open]").reset();
  show("locked");
  const told = one("[data-wiped]");
  [told.textContent, told.hidden] = [words[why], false];
}

const heard = {
  refused: ({ why }) => refuse(why),
  begun() {
    one("[data-open]").reset();
    show("opening");
    heard.progress({ opened: 0, done: 0 });
  },
  progress({ opened, done }) {
    one("[data-progress]").value = done;
    one("[data-count]").textContent = filled(words.opened, { opened: number.format(opened), total: number.format(total) });
  },
  broken({ why }) {
    if (why === "refused") return refuse(why);
    complain(one("[data-stage=opening]"), words.broken);
    one("[data-go-on]").hidden = false;
  },
  opened(summary) {
    const first = one("[data-stage=opened]").hidden;
    [busy, touched, names] = [false, first ? Date.now() : touched, summary.names];
    troubles("shut", summary.shut);
    troubles("doubtful", summary.doubtful);
    for (const [name, counts] of Object.entries(summary.facets)) offer(name, counts);
    if (first) show("opened");
    ask();
  },
  page,
  list: ({ blob }) => save(blob),
};

function troubles(kind, some) {
  const box = one(`[data-${kind}]`);
  box.hidden = !some.length;
  one("summary", box).textContent = filled(words[kind], { number: number.format(some.length) });
  // A thousand of them tell no more than that everything is wrong.
  one("ul", box).replaceChildren(...some.slice(0, 1000).map(({ row, why }) => made("li", `${row}: ${words[why] ?? words.altered}`)));
}

function offer(name, counts) {
  const select = one(`[data-by=${name}]`);
  const [every, chosen] = [select.firstElementChild, select.value];
  const options = counts.map(([value, n]) => ({ value, text: `${write(name, value)} (${number.format(n)})` }));
  options.sort((left, right) => left.text.localeCompare(right.text, spoken));
  select.replaceChildren(every, ...options.map(({ value, text }) => made("option", text, { value })));
  select.value = chosen;
  if (select.selectedIndex < 0) [select.value, query.by[name]] = ["", ""];
}

// ---- the list on the screen

function ask() {
  worker?.postMessage({ do: "find", query, turn: ++turn });
}

function page({ turn: asked, rows, found, total: opened, page: at, pages }) {
  if (asked !== turn) return; // overtaken by what was typed since
  shown = rows;
  one("tbody").replaceChildren(...rows.map(line));
  const numbers = { found: number.format(found), total: number.format(opened) };
  one("[data-found]").textContent = one("[data-said]").textContent = found ? filled(words.found, numbers) : words.nothing;
  one("[data-page]").textContent = filled(words.page, { page: number.format(at + 1), pages: number.format(pages) });
  [one("[data-back]").disabled, one("[data-on]").disabled] = [at === 0, at + 1 >= pages];
  query.page = at;
  for (const it of all("th:has([data-sort])")) mark(it);
}

function mark(head) {
  if (one("[data-sort]", head).dataset.sort !== query.sort) return head.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", query.down ? "descending" : "ascending");
}

function line(row, at) {
  const name = made("button", made("bdi", row.name), { type: "button", className: "plain" });
  name.dataset.at = at;
  const head = made("th", name, { scope: "row" });
  if (row.state !== "confirmed") head.append(" ", made("span", words.state[row.state], { className: "tag warn" }));
  const cells = ["email", "country", "language", "on", "evidence", "agreed"].map((it) => made("td", write(it, row[it])));
  const line = made("tr", head);
  line.append(...cells);
  return line;
}

// ---- one signature

function look(row) {
  sheet.row = row;
  one("[data-name]", sheet).textContent = row.name;
  const pairs = FACTS.map((it) => [words.facts[it], write(it, row[it])]);
  one("[data-facts-of-one]").replaceChildren(...pairs.map(pair));
  for (const it of all("[data-for]")) it.hidden = !it.dataset.for.split(" ").includes(row.state);
  one("#one-reason").value = "";
  hesitate("");
  complain(sheet, "");
  sheet.showModal();
}

function pair([term, value]) {
  const both = made("div", made("dt", term));
  both.append(made("dd", value));
  return both;
}

function hesitate(deed) {
  sure = deed;
  const notice = one("[data-sure]");
  [notice.hidden, one("span", notice).textContent] = [!deed, deed ? words.sure[deed] : ""];
}

async function act(deed) {
  const [field, row] = [one("#one-reason"), sheet.row];
  const reason = field.value.trim();
  if (!reason) return complain(sheet, words["no-reason"], field);
  if (tells(reason, row)) return complain(sheet, words["names-somebody"], field);
  complain(sheet, "");
  if (sure !== deed) return hesitate(deed);
  hesitate("");
  const { problem, errors, done, state, counted } = await sent(`${home.dataset.signatures}${dashed(row.row)}/${deed}`, { reason });
  if (problem) return complain(sheet, problem);
  if (errors) return complain(sheet, Object.values(errors)[0], field);
  worker?.postMessage({ do: "changed", row: row.row, state });
  sheet.close();
  tell(filled(done ? words.done[deed] : words["not-done"], { counted: number.format(counted) }));
}

/** Write a row as addresses do. */
const dashed = (row) => row.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

/** A reason is kept and read by others; names are what it must not hold. */
function tells(reason, { name, email }) {
  const said = fold(reason);
  // Whoever signed at a stall may have given no mailbox, and nothing is in every text.
  return said.includes(fold(name)) || (email !== "" && said.includes(fold(email)));
}

function tell(text) {
  for (const it of all(".told")) it.remove();
  one("[data-filters]").before(made("p", text, { className: "notice good told", role: "status" }));
}

async function sent(address, fields) {
  const body = new URLSearchParams({ csrf_token: home.dataset.token, ...fields });
  try {
    const answer = await fetch(address, { method: "POST", body, redirect: "error", cache: "no-store" });
    return answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : { problem: words.refused };
  } catch {
    return { problem: words.refused };
  }
}

// ---- a list to take away

const whose = () => one("[name=whose]:checked", list).value;

function weigh() {
  one("[data-everybody]").hidden = whose() !== "everybody";
  one("[data-how-many]").textContent = filled(words["how-many"], { number: number.format(names[whose()]) });
}

async function take() {
  const fields = Object.fromEntries(new FormData(one("form", list)));
  complain(list, "");
  // The server writes it down before there is a file.
  const { problem, errors, list: noted } = await sent(home.dataset.lists, { ...fields, names: names[fields.whose] });
  if (problem) return complain(list, problem);
  if (!noted) return complain(list, ...Object.entries(errors).map(([name, text]) => [text, one(`[name=${name}]`, list)])[0]);
  list.file = { whose: fields.whose, by: fields.delete_by };
  worker?.postMessage({ do: "list", whose: fields.whose, columns: words.columns, words: { yes: words.yes, no: words.no } });
}

function save(blob) {
  const address = URL.createObjectURL(blob);
  made("a", "", { href: address, download: `${home.dataset.slug}-${list.file.whose}-${new Date().toISOString().slice(0, 10)}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  list.close();
  tell(filled(words.listed, { day: written.on(list.file.by) }));
}

// ---- what people do

one("[data-open]")?.addEventListener("submit", open);
for (const it of all("[data-close]")) it.addEventListener("click", () => wipe("wiped"));
one("[data-go-on]").addEventListener("click", ({ currentTarget: button }) => {
  button.hidden = true;
  complain(one("[data-stage=opening]"), "");
  worker?.postMessage({ do: "go on" });
});
one("[data-filters]").addEventListener("submit", (event) => event.preventDefault());
one("#find-name").addEventListener("input", ({ currentTarget: { value } }) => {
  clearTimeout(timer);
  timer = setTimeout(() => ask(Object.assign(query, { text: value, page: 0 })), TYPING);
});
for (const it of all("[data-by]")) {
  it.addEventListener("change", () => ask(Object.assign(query, { by: { ...query.by, [it.dataset.by]: it.value }, page: 0 })));
}
for (const it of all("[data-sort]")) {
  it.addEventListener("click", () => {
    const sort = it.dataset.sort;
    ask(Object.assign(query, { down: sort === query.sort && !query.down, sort, page: 0 }));
  });
}
one("[data-back]").addEventListener("click", () => ask(query.page--));
one("[data-on]").addEventListener("click", () => ask(query.page++));
one("tbody").addEventListener("click", ({ target }) => {
  const button = target.closest("[data-at]");
  if (button) look(shown[button.dataset.at]);
});
for (const it of all("[data-deed]")) it.addEventListener("click", () => act(it.dataset.deed));
one("#one-reason").addEventListener("input", () => hesitate(""));
one("[data-want-list]").addEventListener("click", () => {
  one("form", list).reset();
  weigh();
  complain(list, "");
  list.showModal();
});
for (const it of all("[name=whose]", list)) it.addEventListener("change", weigh);
one("[data-make]").addEventListener("click", take);
// Enter in a field must not close a dialog unseen.
for (const form of all("dialog form")) form.addEventListener("submit", (event) => event.preventDefault());
for (const it of all("[data-leave]")) it.addEventListener("click", () => it.closest("dialog").close());

// ---- nobody there

for (const kind of ["pointerdown", "keydown", "wheel", "touchmove", "input"]) {
  addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true });
}
function watch() {
  if (worker && !busy && Date.now() - touched >= IDLE) wipe("idle");
}
setInterval(watch, 5000);
document.addEventListener("visibilitychange", watch); // a laptop that slept wakes up here
addEventListener("pagehide", () => wipe("wiped"));

home.hidden = false;
