// After signing: the receipts, then the hand-over to the next person.

import { qrImage } from "../qr.js";
import { around } from "./form.js";
import { button, make } from "./nodes.js";
import { inGroups } from "./receipt.js";
import { t } from "./words.js";

/** Thank, and show each receipt as text and as a code for the signer's own phone. */
export function thanksPage({ pack, language, draft, given, left, deeds }) {
  const cards = given.map(({ title, code }) => receiptCard(title, code, `${pack.public_url}/${language}/receipt#${code}`));
  return make(
    "div",
    { class: "page thanks" },
    make(
      "section",
      {},
      make("h1", {}, ...around("signer.thanks", "name", make("bdi", {}, draft.name))),
      make("p", { class: "lead" }, draft.none ? t("signer.keep_only") : t("signer.keep_mailed")),
      make("ul", { class: "receipts" }, ...cards),
    ),
    make(
      "div",
      { class: "act" },
      make("p", { class: "actions" }, button(t("signer.clear"), deeds.done, "primary")),
      make("p", { class: "aside" }, t("signer.clears_itself"), " ", left),
    ),
  );
}

function receiptCard(title, code, address) {
  return make(
    "li",
    {},
    make("div", { class: "qr" }, qrImage(address, t("signer.qr", { title }))),
    make("div", {}, make("h2", {}, title), make("p", { class: "aside" }, t("signer.receipt")), codeLine(inGroups(code))),
  );
}

// Where one line is too short, it breaks in the middle.
function codeLine(code) {
  const half = Math.floor(code.length / 2) + 1;
  return make("p", { class: "code" }, make("bdi", { dir: "ltr" }, make("span", {}, code.slice(0, half)), make("span", {}, code.slice(half))));
}

/** Between two people: nothing of the one, and a word to both. */
export function passPage({ deeds }) {
  return make(
    "div",
    { class: "page pass" },
    make("h1", {}, t("signer.pass")),
    make("p", { class: "lead" }, t("signer.wiped")),
    make("div", { class: "act" }, make("p", { class: "actions" }, button(t("signer.next"), deeds.done, "primary"))),
  );
}
