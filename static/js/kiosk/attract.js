// What a passer-by sees first: what is asked, of whom, in large type, and one thing to do.

import { freshName } from "./fields.js";
import { addressee } from "./form.js";
import { button, make } from "./nodes.js";
import { isIn, tallyOf } from "./offer.js";
import { t } from "./words.js";

/** Build the page; with several petitions one is chosen, and a tap chooses another. */
export function attractPage({ petitions, chosen, deeds, ...view }) {
  const offered = petitions.filter((it) => isIn(it, view.language));
  const current = offered.find((it) => it.uid === chosen) ?? offered[0];
  const asks = offered.length === 1 ? alone(current, view) : several(offered, current, { ...view, deeds });
  return make(
    "div",
    { class: "page attract" },
    asks,
    make(
      "div",
      { class: "act" },
      make("p", { class: "actions" }, button(t("signer.sign"), () => deeds.begin(current), "primary")),
      make("p", { class: "aside" }, t("signer.sealed")),
    ),
  );
}

/** After a signature: offer what else can be signed here, with nothing to type again. */
export function morePage({ rest, chosen, deeds, ...view }) {
  const current = rest.find((it) => it.uid === chosen) ?? rest[0];
  const act = [button(t("signer.more_sign"), () => deeds.begin(current), "primary"), button(t("signer.more_done"), deeds.done, "wide")];
  return make(
    "div",
    { class: "page more" },
    make("p", { class: "over good", role: "status" }, t("signer.saved")),
    make("h1", {}, t("signer.more")),
    make("p", { class: "lead" }, t("signer.more_hint")),
    choices(rest, current, { ...view, deeds }),
    make("div", { class: "act" }, make("p", { class: "actions" }, ...act)),
  );
}

function alone(petition, view) {
  return make("section", { class: "ask alone" }, make("h1", {}, petition.texts[view.language].title), ...plea(petition, view));
}

function plea(petition, { pack, language, now }) {
  const text = petition.texts[language];
  const sum = tallyOf(pack, petition, { language, now, t });
  return [
    make("div", { class: "letter" }, addressee(text), make("p", {}, text.ask)),
    sum && make("p", { class: "sum" }, make("span", {}, sum.before), make("b", {}, sum.number), make("span", {}, sum.after)),
  ];
}

function several(offered, current, view) {
  const title = make("h1", { class: "over" }, t("signer.choose"));
  return make("section", { class: "several" }, title, choices(offered, current, view));
}

function choices(offered, current, view) {
  if (offered.length === 1) return make("div", { class: "choice only" }, words(current, true, make("h2", {}, current.texts[view.language].title), view));
  const group = freshName("g");
  const rows = offered.map((it) => row(it, it === current, { ...view, group }));
  return make("div", { class: "choices", role: "radiogroup", "aria-label": t("signer.choose") }, ...rows);
}

function row(petition, isCurrent, { group, deeds, ...view }) {
  const text = petition.texts[view.language];
  const id = freshName("c");
  const box = make("input", { type: "radio", id, name: group, autocomplete: "off" });
  box.checked = isCurrent;
  box.addEventListener("change", () => deeds.choose(petition));
  const title = make("label", { for: id }, text.title);
  return make("div", { class: isCurrent ? "choice current" : "choice" }, box, words(petition, isCurrent, title, view));
}

function words(petition, whole, title, view) {
  const { addressee: who } = petition.texts[view.language];
  return make("div", {}, title, ...(whole ? plea(petition, view) : [make("p", { class: "to" }, who)]));
}

/** Say that there is nothing to sign, and whom to ask. */
export function closedPage() {
  const words = [make("h1", {}, t("signer.nothing")), make("p", { class: "lead" }, t("signer.ask_table"))];
  return make("div", { class: "page pass" }, ...words);
}
