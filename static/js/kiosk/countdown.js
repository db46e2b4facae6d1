// Notices that nobody touches the tablet any more. Asks once, loudly enough to be seen, and lets any
// tap go on, as often as wanted; if none comes, `wipe` is called.

import { button, make } from "./nodes.js";
import { t } from "./words.js";

const LIMIT = { plain: 60_000, reading: 90_000 }; // milliseconds without a touch
const LEFT = 20_000; // and then this long to say "I am here"
const AWAY = 20_000; // behind another page, or in the pocket
const SIGNS = ["pointerdown", "pointermove", "keydown", "input", "wheel", "scroll", "touchmove"];
const TICK = 250;

/**
 * Watch a root. `holds()` says whether something of a signer is on the page, `asks()` whether to ask
 * before it is wiped, `reads()` whether a long text is open; `rest()` is called when nobody touched
 * a page that holds nothing, `tick()` all the time.
 */
export function watchOver(root, { holds, asks, reads, wipe, rest, tick }) {
  let [touched, asked, hidden] = [performance.now(), null, null];

  function touch(event) {
    // While it asks, only a whole tap counts: half a tap would let the other half fall on what is below.
    if (asked?.dialog && (event.type === "pointerdown" || event.type === "pointermove" || event.type === "scroll")) return;
    stay();
  }
  function stay() {
    touched = performance.now();
    if (!asked) return;
    asked.dialog?.close(); // gives the focus back
    asked.dialog?.remove();
    asked = null;
  }
  function look() {
    tick();
    const idle = performance.now() - touched;
    if (!asks()) return void (idle > LIMIT.plain && !holds() && [stay(), rest()]);
    const limit = reads() ? LIMIT.reading : LIMIT.plain;
    if (asked) return count(idle - asked.limit);
    if (idle >= limit) ask(limit);
  }
  function ask(limit) {
    asked = { limit };
    // Behind the volunteer's view nobody reads a question, and a hidden one would lock the page.
    if (root.getClientRects().length === 0) return;
    Object.assign(asked, question(stay));
    root.append(asked.dialog);
    asked.dialog.showModal();
  }
  function count(since) {
    if (asked.number) asked.number.textContent = String(Math.max(0, Math.ceil((LEFT - since) / 1000)));
    if (since >= LEFT) end();
  }
  function end() {
    stay();
    wipe();
  }
  function turn() {
    root.classList.toggle("away", document.hidden);
    if (document.hidden) hidden = { ran: performance.now(), stood: Date.now() };
    else if (hidden) back(hidden);
  }
  // A sleeping tablet may stop one of the two clocks.
  function back({ ran, stood }) {
    hidden = null;
    if (Math.max(performance.now() - ran, Date.now() - stood) > AWAY && holds()) end();
  }
  function wait() {
    if (hidden && performance.now() - hidden.ran > AWAY && holds()) end();
  }

  const heard = [[document, SIGNS, touch], [document, ["visibilitychange"], turn], [window, ["pagehide"], end]];
  const each = (deed) => heard.forEach(([on, names, what]) => names.forEach((it) => on[deed](it, what, { capture: true, passive: true })));
  each("addEventListener");
  const timers = [setInterval(look, TICK), setInterval(wait, TICK)];
  return {
    stay,
    stop() {
      each("removeEventListener");
      timers.forEach(clearInterval);
      stay();
    },
  };
}

function question(stay) {
  const number = make("p", { class: "number", "aria-hidden": "true" }, String(LEFT / 1000));
  const press = button(t("signer.here"), () => {}, "primary");
  const facts = { class: "still", role: "alertdialog", "aria-labelledby": "still-title", "aria-describedby": "still-text" };
  const dialog = make(
    "dialog",
    facts,
    make("h2", { id: "still-title" }, t("signer.still")),
    make("p", { id: "still-text" }, t("signer.still_text")),
    number,
    make("p", { class: "actions" }, press),
  );
  dialog.addEventListener("click", stay); // also on the shade around it
  dialog.addEventListener("cancel", (event) => [event.preventDefault(), stay()]);
  return { dialog, number };
}
