// Fields as on the public page: label above, hint, error with icon and words. What is typed here is
// remembered by nobody: no autofill, no spelling service, and names that no browser has seen before.

import { make } from "./nodes.js";
import { t } from "./words.js";

const ALERT = "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm-.9 3h1.8v5H7.1zm0 6.2h1.8V12H7.1z";
const SVG = "http://www.w3.org/2000/svg";
const DISCREET = {
  autocomplete: "off", autocorrect: "off", spellcheck: "false", writingsuggestions: "false",
  "data-1p-ignore": "", "data-lpignore": "true",
};

/** Name something in the page so that the next signer's page has other names. */
export function freshName(word) {
  const letters = crypto.getRandomValues(new Uint32Array(2));
  return `${word}-${[...letters].map((it) => it.toString(36)).join("")}`;
}

/** Draw the sign that stands before an error. */
export function alertIcon() {
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  icon.setAttribute("viewBox", "0 0 16 16");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ALERT);
  icon.append(path);
  return icon;
}

/** A box to type into, or (with options) to choose from. */
export function field(label, { hint, options, next, ...facts }) {
  const id = freshName("f");
  const kind = { id, name: freshName("n"), ...DISCREET, ...facts };
  const box = options ? make("select", kind, ...options.map(([value, text]) => make("option", { value }, text))) : make("input", kind);
  const tip = hint && make("p", { class: "hint", id: `${id}-hint` }, hint);
  const node = make("div", { class: "field" }, make("label", { for: id }, label), tip, box);
  if (next) box.addEventListener("keydown", (event) => goOn(event, next));
  return described({ node, box, tip });
}

// Without a form there is nothing to send by the Enter key: it leads to the next box.
function goOn(event, next) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  next().focus();
}

/** A box to tick: its title names it, its words describe it. */
export function tickBox(title, words, facts = {}) {
  const id = freshName("b");
  const box = make("input", { type: "checkbox", id, name: freshName("n"), autocomplete: "off", ...facts });
  const tip = words && make("p", { class: "words", id: `${id}-hint` }, words);
  const text = make("div", {}, make("label", { for: id }, title), tip);
  const node = make("div", { class: "field" }, make("div", { class: "tick" }, box, text));
  return described({ node, box, tip });
}

function described(it) {
  const ids = (error) => [it.tip?.id, error?.id].filter(Boolean).join(" ");
  const say = (text) => {
    it.node.querySelector(".error")?.remove();
    it.node.classList.toggle("wrong", Boolean(text));
    const error = text && wrong(`${it.box.id}-error`, text);
    if (error) it.node.firstElementChild.tagName === "LABEL" ? it.box.before(error) : it.node.prepend(error);
    text ? it.box.setAttribute("aria-invalid", "true") : it.box.removeAttribute("aria-invalid");
    ids(error) ? it.box.setAttribute("aria-describedby", ids(error)) : it.box.removeAttribute("aria-describedby");
  };
  say("");
  return Object.assign(it, { say });
}

function wrong(id, text) {
  return make("p", { class: "error", id }, alertIcon(), make("span", { class: "vh" }, t("signer.error")), text);
}

/** What must be put right, in the words of the fields; each line leads to its field. */
export function summaryOf(faults) {
  const lines = faults.map(({ at, text }) =>
    make("li", {}, make("button", { type: "button", class: "plain", onclick: () => at.box.focus() }, text)),
  );
  const list = make("div", { role: "alert" }, make("h2", {}, t("signer.look_again")), make("ul", {}, ...lines));
  return make("div", { class: "summary", tabindex: "-1" }, list);
}

/** A part of the page that opens where it stands. */
export function fold(title, facts, ...content) {
  return make("details", facts, make("summary", {}, title), make("div", { class: "fold" }, ...content));
}
