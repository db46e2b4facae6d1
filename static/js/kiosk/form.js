// The form for one petition: what is asked, of whom, the full text, and what a signer gives.
// A draft { name, email, none, country } lives in memory only; ticks live in the boxes alone.

import { cleanName, isMailbox, nameFault } from "./checks.js";
import { field, fold, freshName, summaryOf, tickBox } from "./fields.js";
import { button, make } from "./nodes.js";
import { countryName, partsFor } from "./offer.js";
import { safeNodes } from "./safe_html.js";
import { t } from "./words.js";

const PLACE = "\uE000"; // a letter that no text has

/**
 * Build the form. `known` says that this signer has just signed another petition: then nothing is
 * typed again, and only the consent is asked. `deeds`: sign(entry), cancel().
 */
export function formPage({ pack, petition, language, draft, known, deeds }) {
  const text = petition.texts[language];
  const state = { pack, petition, language, draft, parts: [] };
  const asked = known ? { nodes: [signingAs(state)] } : askedOf(state);
  const slot = make("div", { class: "slot" });
  const trouble = make("div", { class: "slot", "aria-live": "assertive" });
  const consent = consentOf(state);
  const press = button(t("signer.sign"), () => send(), "primary");
  const read = () => (known ? draft : asked.read());
  asked.changed = (news) => consent.show(read(), news);
  consent.show(draft, false);

  async function send() {
    const entry = { ...read(), parts: consent.ticked() };
    const faults = [...(known ? [] : asked.faults(entry)), ...consent.faults()];
    slot.replaceChildren(...(faults.length ? [summaryOf(faults)] : []));
    if (faults.length) return void slot.firstElementChild.focus();
    await saving(press, trouble, () => deeds.sign(entry));
  }

  const page = make(
    "div",
    { class: "page form" },
    slot,
    letter(petition, text),
    make(
      "section",
      { class: "give", "aria-label": t("signer.your_signature") },
      ...asked.nodes,
      consent.node,
      trouble,
      make("p", { class: "actions" }, press),
      fold(t("signer.privacy"), { class: "privacy" }, safeNodes(petition.privacy[language])),
      make("p", { class: "actions" }, button(known ? t("signer.more_done") : t("signer.cancel"), deeds.cancel, "quiet")),
    ),
  );
  return { page, read };
}

function letter(petition, text) {
  const notes = [
    text.by_one_person && t("signer.one_person"),
    text.by_machine && t("signer.machine"),
    text.outdated && t("signer.outdated"),
  ].filter(Boolean);
  return make(
    "section",
    { class: "letter-side" },
    make("h1", {}, text.title),
    make("div", { class: "letter" }, addressee(text), make("p", {}, text.ask)),
    fold(
      t("signer.read"),
      { class: "text" },
      make("p", { class: "lead" }, text.summary),
      safeNodes(text.body_html),
      ...notes.map((it) => make("p", { class: "aside" }, it)),
    ),
  );
}

/** The first line of a letter, the name of whom it goes to set apart. */
export function addressee(text) {
  return make("p", { class: "to" }, ...around("signer.to", "addressee", make("b", {}, text.addressee)));
}

/** Say something around a node: what stands before it, the node, what follows. */
export function around(key, name, node) {
  const [before, after] = t(key, { [name]: PLACE }).split(PLACE);
  return [before, node, after];
}

function signingAs({ pack, language, draft }) {
  const mailbox = draft.none ? t("signer.without_mail") : make("bdi", { dir: "ltr" }, draft.email);
  return make(
    "div",
    { class: "as" },
    make("p", { class: "aside" }, t("signer.as")),
    make("p", {}, make("b", { dir: "auto" }, draft.name)),
    make("p", {}, mailbox, " · ", countryName(pack, language, draft.country)),
  );
}

// ---- what is typed

function askedOf({ pack, language, draft }) {
  const asked = { changed: () => {} };
  const email = field(t("signer.email"), {
    type: "email", inputmode: "email", autocapitalize: "none", dir: "ltr", enterkeyhint: "next",
    hint: t("signer.email_hint"), next: () => country.box,
  });
  const name = field(t("signer.name"), {
    type: "text", autocapitalize: "words", dir: "auto", enterkeyhint: "next", next: () => email.box,
  });
  const none = tickBox(t("signer.none"), t("signer.none_hint"));
  const country = field(t("signer.country"), { options: pack.countries[language] });
  Object.assign(name.box, { value: draft.name });
  Object.assign(email.box, { value: draft.email, disabled: draft.none });
  Object.assign(none.box, { checked: draft.none });
  Object.assign(country.box, { value: draft.country });
  none.box.addEventListener("change", () => {
    email.box.disabled = none.box.checked;
    if (none.box.checked) [email.box.value] = ["", email.say("")];
    asked.changed(false);
  });
  country.box.addEventListener("change", () => asked.changed(true));
  const read = () => ({
    name: cleanName(name.box.value),
    email: none.box.checked ? "" : email.box.value.trim(),
    none: none.box.checked,
    country: country.box.value,
  });
  const faults = (entry) => marked([
    [name, nameFault(entry.name)],
    [email, mailFault(entry)],
    [country, entry.country ? null : "signer.country_missing"],
  ]);
  return Object.assign(asked, { nodes: [name.node, email.node, none.node, country.node], read, faults });
}

function mailFault({ email, none }) {
  if (none) return null;
  if (!email) return "signer.email_missing";
  return isMailbox(email) ? null : "signer.email_wrong";
}

function marked(found) {
  found.forEach(([at, key]) => at.say(key ? t(key) : ""));
  return found.filter(([, key]) => key).map(([at, key]) => ({ at, text: t(key) }));
}

// ---- what is agreed to

function consentOf({ petition, language }) {
  const list = make("div", {});
  const news = make("p", { class: "vh", role: "status" });
  const node = make("fieldset", { class: "parts" }, make("legend", {}, t("signer.parts")), list, news);
  let rows = [];
  function show({ none, country }, aloud) {
    const before = new Map(rows.map((it) => [it.part.sha256, it]));
    const parts = partsFor(petition, language, country, { mailbox: !none });
    // Whoever ticked a wording ticked that wording: another one is another box, and empty.
    rows = parts.map((part) => before.get(part.sha256) ?? rowOf(part));
    list.replaceChildren(...rows.map((it) => it.node));
    if (aloud && rows.some((it) => !before.has(it.part.sha256))) news.textContent = t("signer.parts_changed");
  }
  const ticked = () => rows.filter((it) => it.box.checked).map((it) => it.part.sha256);
  const faults = () => marked(rows.map((it) => [it, it.part.required && !it.box.checked ? "signer.part_missing" : null]));
  return { node, show, ticked, faults };
}

function rowOf(part) {
  return Object.assign(tickBox(part.title, part.wording, { "aria-required": part.required ? "true" : null }), { part });
}

// ---- saving

// Thanks are said by whoever calls, once the record is on disk; if it is not, everything stays.
async function saving(press, trouble, deed) {
  if (press.getAttribute("aria-disabled") === "true") return;
  press.setAttribute("aria-disabled", "true");
  press.textContent = t("signer.saving");
  try {
    await deed();
  } catch {
    press.removeAttribute("aria-disabled");
    press.textContent = t("signer.retry");
    trouble.replaceChildren(make("p", { class: "not-saved", id: freshName("e") }, t("signer.not_saved")));
    trouble.scrollIntoView({ block: "center" });
  }
}
