// The stall's code: four digits, new every ten minutes, the same on tablet, lead's page and server
// (docs/kiosk-protocol.md, petitions/stall_code.py). Needs a secret and a clock, and no network.

import { bytesOf, joined } from "../seal.js";
import { make, write } from "./nodes.js";
import { t } from "./words.js";

const PURPOSE = "lantern/stall-code/v1|";
const TICK = 500;

/** Tell in which stretch of time a moment (milliseconds) lies. */
export const windowAt = (moment, seconds) => Math.floor(moment / 1000 / seconds);

/** Tell how many seconds the code of a moment still holds. */
export const secondsLeft = (moment, seconds) => seconds - Math.floor((moment / 1000) % seconds);

/** Compute the digits that hold at a moment. */
export async function digitsAt({ secret, seconds, digits }, moment) {
  const counted = new DataView(new ArrayBuffer(8));
  counted.setBigUint64(0, BigInt(windowAt(moment, seconds)));
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), hmac, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, joined(PURPOSE, new Uint8Array(counted.buffer)));
  return String(new DataView(mac).getUint32(0) % 10 ** digits).padStart(digits, "0");
}

const asClock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** Show the code with the time it has left, as long as it stands on a page. */
export function stallCode(rule, now) {
  const shown = make("output", { class: "stall-digits", "aria-label": t("stall.title") });
  const left = make("span", { class: "left" });
  const bar = make("progress", { max: rule.seconds, "aria-hidden": "true" });
  const node = make(
    "section",
    { class: "stall-code" },
    make("h2", {}, t("stall.title")),
    make("p", { class: "digits" }, shown),
    bar,
    make("p", { class: "aside" }, left),
    make("p", { class: "aside" }, t("stall.how")),
  );
  let window = null;
  async function tick() {
    if (window !== null && !node.isConnected) return clearInterval(timer);
    const moment = now();
    const rest = secondsLeft(moment, rule.seconds);
    bar.value = rest;
    write(left, t("stall.left", { time: asClock(rest) }));
    if (window === windowAt(moment, rule.seconds)) return;
    window = windowAt(moment, rule.seconds);
    write(shown, await digitsAt(rule, moment));
  }
  const timer = setInterval(tick, TICK);
  tick();
  return node;
}
