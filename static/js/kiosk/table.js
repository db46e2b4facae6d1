// The volunteer's view, behind the PIN: three numbers, a state in plain words and what to do about it,
// the stall's code, and the few deeds of a day at the stall. It knows numbers and never a name.

import { busy, button, make, turnTo, write } from "./nodes.js";
import { stallCode } from "./stall_code.js";
import { pages } from "./table_pages.js";
import { STEPS } from "./training.js";
import { number, t } from "./words.js";

const TICK = 1000;
/** What can be wrong, each with words and what to do. */
export const REASONS = [
  "no_network", "timeout", "busy", "server_trouble", "waiting", "unheard", "storage_failed", "not_enrolled",
  "device_unknown", "device_closed", "device_lost", "drain_only", "clock_off", "parked", "too_large",
];
// A newer server may refuse in a word that these pages have never heard.
const worded = (codes) => [...new Set(codes.map((it) => (REASONS.includes(it) ? it : "server_trouble")))];

const tongue = () => document.documentElement.lang;

/** Write how long ago a moment was, in whole minutes or hours. */
export function ago(moment, now) {
  const minutes = Math.round((now - moment) / 60_000);
  const written = new Intl.RelativeTimeFormat(tongue(), { numeric: "auto" });
  if (minutes < 1) return written.format(0, "second");
  return minutes < 60 ? written.format(-minutes, "minute") : written.format(-Math.round(minutes / 60), "hour");
}

/** The three numbers that are always in sight; gives the node and how to renew it. */
function threeNumbers(desk) {
  const cells = ["today", "safe", "held"].map((name) => [name, make("dd", {})]);
  const node = make("dl", { class: "three" }, ...cells.map(([name, cell]) => make("div", {}, make("dt", {}, t(`table.${name}`)), cell)));
  const back = make("p", { class: "aside" });
  function renew() {
    const { voided, ...numbers } = desk.numbers();
    cells.forEach(([name, cell]) => write(cell, number(numbers[name])));
    write(back, voided ? t("table.voided", { number: number(voided) }) : "");
  }
  renew();
  return { node: make("section", { "aria-label": t("table.numbers") }, node, back), renew };
}

/** The state in words, with each reason and what to do. */
function stateBand(desk) {
  const head = make("p", { class: "state-head" });
  const list = make("ul", { class: "reasons" });
  const heard = make("p", { class: "aside" });
  const node = make("section", { class: "state", "aria-label": t("table.state") }, make("div", { role: "status" }, head, list), heard);
  let shown = "";
  function renew() {
    const { colour, reasons, heardAt } = desk.state();
    node.dataset.colour = desk.training ? "training" : colour;
    write(heard, desk.training ? "" : heardAt ? t("table.heard", { when: ago(heardAt, desk.now()) }) : t("table.never_heard"));
    if (shown === `${colour} ${reasons}`) return;
    shown = `${colour} ${reasons}`;
    // One that only sends is amber, and yet nobody can go on signing on it.
    const stands = colour === "amber" && reasons.includes("drain_only") ? "drain_only" : "";
    write(head, t(desk.training ? "training.state" : stands ? `why.${stands}` : `state.${colour}`));
    const why = (code) => (code === stands ? null : make("b", {}, t(`why.${code}`)));
    list.replaceChildren(...worded(reasons).map((code) => make("li", {}, why(code), " ", t(`todo.${code}`))));
  }
  renew();
  return { node, renew };
}

function rehearsal(desk) {
  const rows = STEPS.map((step) => [step, make("span", { class: "done" }), t(`training.${step}`)]);
  const node = make(
    "section",
    { class: "rehearsal" },
    make("h2", {}, t("training.steps")),
    make("ol", {}, ...rows.map(([step, mark, words]) => make("li", { "data-step": step }, mark, words))),
  );
  const renew = () => rows.forEach(([step, mark]) => write(mark, desk.done.has(step) ? `✓ ${t("training.done")} ` : ""));
  renew();
  return { node, renew };
}

/** Show the view. `close()` goes back to the signers, `deeds` are the pages that lie outside. */
export function mountTable(root, desk, { close, deeds }) {
  const [numbers, band] = [threeNumbers(desk), stateBand(desk)];
  // A tablet that was revoked knows digits of yesterday at best.
  const revoked = desk.state().reasons.some((it) => it.startsWith("device_"));
  const rule = revoked || desk.training ? null : desk.pack()?.event?.stall_code;
  const steps = desk.training ? rehearsal(desk) : null;
  const again = () => mountTable(root, desk, { close, deeds });
  const turn = (name) => () => pages[name](root, desk, { back: again, deeds });
  const sending = button(t("table.send"), () => busy(sending, send), "quiet");
  const said = make("p", { class: "said", role: "status" });
  const page = make(
    "div",
    { class: "table view" },
    heading(desk),
    band.node,
    numbers.node,
    steps?.node,
    rule ? stallCode(rule, desk.now) : null,
    make("section", { class: "can" }, make("h2", {}, t("table.deeds")), make("div", { class: "deeds" }, ...buttons(desk, { turn, deeds, sending })), said),
    make("div", { class: "actions bar" }, button(t(desk.training ? "training.on" : deeds.signing ? "table.close" : "table.back"), close, "primary")),
  );

  async function send() {
    const answered = await desk.send();
    await renew();
    write(said, t(answered ? "table.sent" : "table.not_sent"));
  }
  async function renew() {
    await desk.count();
    if (!page.isConnected) return clearInterval(timer);
    [numbers, band, steps].forEach((it) => it?.renew());
  }
  desk.looked?.();
  turnTo(root, page);
  const timer = setInterval(renew, TICK);
  renew();
}

function heading(desk) {
  const { tablet, event } = desk.pack() ?? {};
  const place = event ? (event.title[tongue()] ?? Object.values(event.title)[0]) : t("table.no_event");
  return make("header", {}, make("h1", {}, tablet?.name ?? t("table.title")), make("p", { class: "lead" }, place));
}

function buttons(desk, { turn, deeds, sending }) {
  const takeBack = button(t("void.title"), turn("takeBack"), "quiet");
  const shift = button(t("shift.title"), turn("shift"), "quiet");
  if (desk.training) return [takeBack, shift, button(t("training.end"), deeds.endTraining, "quiet")];
  return [
    deeds.goOn && button(t("over.title"), turn("goOn"), "quiet"),
    sending,
    takeBack,
    shift,
    button(t("table.language"), turn("language"), "quiet"),
    button(t("training.title"), turn("training"), "quiet"),
    button(t("check.title"), deeds.preflight, "quiet"),
    button(t("export.title"), turn("save"), "quiet"),
  ];
}
