// The PIN before the volunteer's view, checked without a network against a slow hash. It keeps strangers
// from the numbers and the buttons; names need no PIN, since nothing on this tablet can open them.

import { bytesOf, utf8 } from "../seal.js";
import { button, make, turnTo, write } from "./nodes.js";
import { t } from "./words.js";

export const TRIES = 5;
export const REST = 60_000; // milliseconds
const DIGITS = 4;
const KEPT = "pin";
const FRESH = { wrong: 0, until: 0 };

/** Tell whether digits are the PIN of the pack. */
export async function isPin(typed, { salt, hash, iterations }) {
  const key = await crypto.subtle.importKey("raw", utf8(typed), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(salt), iterations };
  const found = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  const wanted = bytesOf(hash);
  return found.length === wanted.length && found.reduce((sum, it, at) => sum | (it ^ wanted[at]), 0) === 0;
}

/** Count tries, across reloads: five wrong ones, then a minute's rest. A new PIN begins anew. */
export function openGate(settings, now = Date.now) {
  let held = null; // where settings cannot be written, at least this page remembers

  async function kept(pin) {
    const found = held ?? (await settings.get(KEPT).catch(() => null));
    if (found?.of !== pin.hash) return { ...FRESH, of: pin.hash };
    // A clock that was set back must not make a minute into a year: it begins anew.
    if (found.until > now() + REST) await keep({ ...found, until: now() + REST });
    return held ?? found;
  }
  async function keep(tries) {
    held = tries;
    await settings.set(KEPT, tries).catch(() => undefined);
  }
  const restOf = ({ until }) => (until ? Math.max(0, until - now()) : 0);

  return {
    rest: async (pin) => restOf(await kept(pin)),
    async enter(typed, pin) {
      const tries = await kept(pin);
      if (restOf(tries)) return { opened: false, rest: restOf(tries), left: 0 };
      const wrong = tries.wrong >= TRIES ? 1 : tries.wrong + 1; // counted before it is looked at
      const until = wrong >= TRIES ? now() + REST : 0;
      await keep({ of: pin.hash, wrong, until });
      if (!(await isPin(typed, pin))) return { opened: false, rest: until && REST, left: TRIES - wrong };
      await keep({ ...FRESH, of: pin.hash });
      return { opened: true, rest: 0, left: TRIES };
    },
  };
}

/** Ask for the PIN; shows nothing of what lies behind it. `news()` asks the server for another one. */
export function mountPin(root, { gate, pin, opened, back, news }) {
  let [typed, checking, resting] = ["", false, false];
  const dots = make("p", { class: "pin-dots", "aria-hidden": "true" });
  const said = make("p", { class: "pin-said", role: "status" });
  const keys = [..."123456789"].map((digit) => button(digit, () => add(digit)));
  const erase = button("⌫", () => checking || show(typed.slice(0, -1)), "quiet");
  erase.setAttribute("aria-label", t("pin.erase"));
  const pad = make("div", { class: "pin-pad", role: "group", "aria-label": t("pin.pad") }, ...keys, make("span"), button("0", () => add("0")), erase);
  const page = make(
    "div",
    { class: "table pin" },
    make("h1", {}, t("pin.title")),
    dots,
    said,
    pad,
    // A new PIN arrives with the next contact, which nobody can ask for behind the old one.
    make("details", { ontoggle: (event) => event.target.open && news() }, make("summary", {}, t("pin.forgotten")), make("p", {}, t("pin.forgotten_how"))),
    make("p", { class: "actions" }, button(t("table.back"), leave, "quiet")),
  );

  function add(digit) {
    if (checking || resting || typed.length >= DIGITS) return;
    show(typed + digit);
    if (typed.length === DIGITS) check();
  }
  function show(now) {
    typed = now;
    dots.textContent = "●".repeat(typed.length) + "○".repeat(DIGITS - typed.length);
  }
  async function check() {
    checking = true;
    write(said, t("pin.checking"));
    const answer = await gate.enter(typed, pin()).finally(() => (checking = false));
    show("");
    if (answer.opened) return leave(opened);
    if (answer.rest) return rest();
    write(said, t("pin.wrong", { left: answer.left }));
  }
  async function rest() {
    const left = await gate.rest(pin());
    if (!page.isConnected) return;
    for (const key of pad.querySelectorAll("button")) key.disabled = left > 0;
    if (!left && !resting) return;
    resting = left > 0;
    if (!left) return write(said, "");
    write(said, t("pin.rest", { seconds: Math.ceil(left / 1000) }));
    setTimeout(rest, 1000);
  }
  function typing(event) {
    if (!page.isConnected) return removeEventListener("keydown", typing);
    if (/^[0-9]$/.test(event.key)) add(event.key);
    else if (event.key === "Backspace") checking || show(typed.slice(0, -1));
    else if (event.key === "Escape") leave();
  }
  function leave(next = back) {
    removeEventListener("keydown", typing);
    typed = "";
    (typeof next === "function" ? next : back)();
  }

  addEventListener("keydown", typing);
  turnTo(root, page);
  show("");
  rest();
}
