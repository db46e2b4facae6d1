// Before a stranger signs here: is everything such that no signature can be lost? Each light that is not
// green says what to do. Two reds forbid to begin: a disk that does not keep, and no key to seal to.

import { fingerprintOf, keyIdOf, publicKeyFrom } from "../seal.js";
import { busy, button, make, turnTo, write } from "./nodes.js";
import { t } from "./words.js";

const [GREEN, AMBER, RED] = ["green", "amber", "red"];
const CLOCK_OFF = 5 * 60_000; // milliseconds
const LOW = 30; // per cent
const PATIENCE = 4000; // milliseconds that one check may take
const SLOW = ["upload", "shell"];
/** Without these nothing may be collected. */
export const GATES = ["write", "key", "petitions"];

/** Whether this runs from the home screen. */
export const standalone = () =>
  navigator.standalone === true || ["standalone", "fullscreen"].some((it) => matchMedia(`(display-mode: ${it})`).matches);

/** Which kind of device this is, as far as putting an app on its home screen goes. */
export function platform() {
  const said = navigator.userAgent;
  // An iPad says that it is a Mac; no Mac has a touch screen.
  if (/iPad|iPhone/.test(said) || (/Macintosh/.test(said) && navigator.maxTouchPoints > 1)) return "apple";
  return /Android/.test(said) ? "android" : "other";
}

async function storage() {
  if (!navigator.storage?.persisted) return AMBER;
  return (await navigator.storage.persisted()) || (await navigator.storage.persist()) ? GREEN : AMBER;
}

async function shell() {
  // On a slow line the pages may just be on their way; whoever waits a moment sees them arrive.
  await navigator.serviceWorker?.ready;
  return (await caches.match("/kiosk/", { ignoreSearch: true })) ? GREEN : RED;
}

async function key({ pack }) {
  const said = pack()?.event?.key;
  if (!said) return RED;
  const raw = await publicKeyFrom(said.public);
  const same = (await keyIdOf(raw)) === said.id && (await fingerprintOf(raw)) === said.fingerprint;
  return same ? GREEN : RED;
}

async function battery({ battery }) {
  const level = await battery();
  if (level === null) return AMBER;
  return level < LOW ? RED : GREEN;
}

/** What is looked at, in this order; each gives a light. */
const CHECKS = {
  write: ({ outbox }) => outbox.rehearse().then(() => GREEN),
  key,
  petitions: ({ pack }) => (pack()?.event?.petitions.length ? GREEN : RED),
  https: () => (isSecureContext ? GREEN : RED),
  upload: async ({ heard }) => ((await heard()) ? GREEN : RED),
  shell,
  installed: () => (standalone() ? GREEN : platform() === "apple" ? RED : AMBER),
  storage,
  clock: ({ clock }) => (clock.known() ? (Math.abs(clock.offset()) < CLOCK_OFF ? GREEN : RED) : AMBER),
  battery,
  awake: () => ("wakeLock" in navigator ? GREEN : AMBER),
};

async function lightOf(name, kit) {
  const late = new Promise((done) => setTimeout(done, SLOW.includes(name) ? 3 * PATIENCE : PATIENCE, RED));
  try {
    return await Promise.race([CHECKS[name](kit), late]);
  } catch {
    return RED;
  }
}

/** Look at what forbids to collect, without showing it: true if signatures may be taken. */
export async function sound(kit) {
  const lights = await Promise.all(GATES.map((name) => lightOf(name, kit)));
  return lights.every((light) => light !== RED);
}

function rowOf(name, kit) {
  const [mark, said, todo] = [make("span", { class: "light", "aria-hidden": "true" }), make("span", { class: "said" }), make("p", { class: "todo" })];
  const row = make("li", { class: "check" }, mark, make("div", {}, make("p", {}, make("b", {}, t(`check.${name}`)), " ", said), todo));
  const print = kit.pack()?.event?.key?.fingerprint;
  if (name === "key" && print) row.lastChild.append(make("p", { class: "fingerprint" }, print), make("p", { class: "aside" }, t("check.key_compare")));
  return { row, show: (light) => showLight(row, { name, light, said, todo }) };
}

function showLight(row, { name, light, said, todo }) {
  row.dataset.light = light ?? "";
  write(said, light ? t(`light.${light}`) : t("light.looking"));
  const how = name === "installed" && light !== GREEN ? `check.installed_${platform()}` : `check.${name}_todo`;
  write(todo, light && light !== GREEN ? t(how) : "");
}

/** Show the lights one after the other; `begin` opens the signer's screen once nothing forbids it. */
export function mountPreflight(root, kit, { begin, back }) {
  const rows = Object.fromEntries(Object.keys(CHECKS).map((name) => [name, rowOf(name, kit)]));
  const outcome = make("p", { class: "outcome", role: "status" });
  const start = button(t("check.begin"), () => begin(), "primary");
  const again = button(t("check.again"), () => look(), "quiet");
  const leave = back ? button(t("table.back"), back, "quiet") : null;
  const page = make(
    "div",
    { class: "table preflight" },
    make("h1", {}, t("check.title")),
    make("p", { class: "lead" }, t("check.why")),
    outcome,
    make("ul", { class: "checks" }, ...Object.values(rows).map((it) => it.row)),
    make("div", { class: "actions bar" }, start, again, leave),
  );
  const look = () =>
    busy(again, async () => {
      start.disabled = true;
      const lights = {};
      for (const [name, row] of Object.entries(rows)) {
        row.show(null);
        lights[name] = await lightOf(name, kit);
        row.show(lights[name]);
      }
      start.disabled = GATES.some((name) => lights[name] === RED);
      write(outcome, t(start.disabled ? "check.forbidden" : Object.values(lights).every((it) => it === GREEN) ? "check.good" : "check.mostly"));
      outcome.dataset.light = start.disabled ? RED : "";
    });
  start.disabled = true;
  turnTo(root, page);
  return { done: look() };
}
