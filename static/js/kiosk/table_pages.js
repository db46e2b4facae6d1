// The pages behind the volunteer's view: taking back, shifts, language, training, the last resort.
// Each is one question with one answer, and a way back.

import { busy, button, make, turnTo, write } from "./nodes.js";
import { STEPS } from "./training.js";
import { number, t } from "./words.js";

const TICK = 500;
const tongue = () => document.documentElement.lang;
const timeAt = (moment, timeZone) =>
  new Intl.DateTimeFormat(tongue(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(new Date(moment));
const nameIn = (texts, wanted) => texts?.[wanted]?.title ?? Object.values(texts ?? {})[0]?.title ?? "";

function show(root, title, parts, back) {
  const actions = make("div", { class: "actions bar" }, button(t("table.back"), back, "quiet"));
  const page = make("div", { class: "table page" }, make("h1", {}, title), ...parts, actions);
  turnTo(root, page);
  return { page, actions };
}

const status = () => make("p", { class: "said", role: "status" });

/** Take back the last signature, within two minutes, without seeing whose it is. */
function takeBack(root, desk, { back }) {
  const [line, left, said] = [make("p", { class: "lead" }), make("p", { class: "aside" }), status()];
  const { actions } = show(root, t("void.title"), [line, left, said], back);
  const go = button(t("void.go"), () => busy(go, take), "primary");
  actions.prepend(go);
  let taken = false;
  function look() {
    if (!line.isConnected) return clearInterval(timer);
    const last = desk.last();
    // One at a time: a second tap on the same spot would take back somebody else's.
    go.hidden = left.hidden = !last || taken;
    if (taken) return write(line, "");
    if (!last) return write(line, said.textContent ? "" : t("void.nothing"));
    const petition = desk.pack().event?.petitions.find((it) => it.uid === last.petition);
    write(line, t("void.which", { petition: nameIn(petition?.texts, tongue()) }));
    write(left, t("void.left", { seconds: Math.ceil(last.left / 1000) }));
  }
  async function take() {
    const done = await desk.takeBack().catch(() => null);
    taken = done === true;
    look();
    write(said, t(done ? "void.done" : done === false ? "void.late" : "void.failed"));
  }
  const timer = setInterval(look, TICK);
  look();
}

/** Who stands here: begin, end, or hand the tablet over. */
async function shift(root, desk, { back }) {
  const now = await desk.shifts.soFar();
  if (!now) return begin(root, desk, { back });
  const facts = [
    ["shift.who", now.alias],
    ["shift.since", timeAt(now.started_at, desk.pack()?.event?.zone)],
    ["shift.taken", number(now.collected)],
    ["table.held", number(now.held)],
    ["shift.battery", now.battery === null ? t("shift.look") : `${now.battery} %`],
  ];
  const list = make("dl", { class: "facts" }, ...facts.map(([name, value]) => make("div", {}, make("dt", {}, t(name)), make("dd", {}, value))));
  const again = () => shift(root, desk, { back });
  const { actions } = show(root, t("shift.title"), [list, make("p", { class: "aside" }, t("shift.keeps"))], back);
  const end = button(t("shift.end"), () => busy(end, async () => (await desk.shifts.end(), again())), "quiet");
  actions.prepend(button(t("shift.hand_over"), () => handOver(root, desk, { list, back: again, done: back }), "primary"), end);
}

function aliasForm(label, go, deed) {
  const field = make("input", { id: "alias", type: "text", maxlength: "40", autocomplete: "off", autocorrect: "off", spellcheck: "false" });
  const error = make("p", { class: "error", role: "alert", id: "alias-error" });
  field.setAttribute("aria-describedby", "alias-error");
  const send = make("button", { class: "button primary" }, go);
  const act = async () => {
    if (!field.value.trim()) return void (write(error, t("shift.no_alias")), field.focus());
    await deed(field.value).catch(() => write(error, t("shift.not_kept")));
  };
  return make(
    "form",
    { novalidate: true, onsubmit: (event) => (event.preventDefault(), busy(send, act)) },
    make("label", { for: "alias" }, label),
    make("p", { class: "hint" }, t("shift.alias_hint")),
    error,
    field,
    make("p", { class: "actions" }, send),
  );
}

function begin(root, desk, { back }) {
  const form = aliasForm(t("shift.alias"), t("shift.start"), async (alias) => (await desk.shifts.start(alias), back()));
  show(root, t("shift.title"), [make("p", { class: "lead" }, t("shift.none")), form], back);
}

function handOver(root, desk, { list, back, done }) {
  const form = aliasForm(t("shift.next"), t("shift.confirm"), async (alias) => (await desk.shifts.handOver(alias), done()));
  show(root, t("shift.hand_over"), [make("p", { class: "lead" }, t("shift.compare")), list, form], back);
}

/** What the first page speaks to the next stranger. */
function language(root, desk, { back, deeds }) {
  const said = status();
  const choices = (desk.pack()?.languages ?? []).map(({ code, name }) => {
    const choice = button(name, () => busy(choice, async () => (await deeds.setLanguage(code), language(root, desk, { back, deeds }))), "quiet");
    choice.lang = code;
    choice.setAttribute("aria-pressed", String(code === deeds.language()));
    return choice;
  });
  show(root, t("table.language"), [make("p", { class: "lead" }, t("table.language_why")), make("div", { class: "deeds" }, ...choices), said], back);
}

/** Begin to practise. */
function training(root, desk, { back, deeds }) {
  const steps = make("ol", {}, ...STEPS.map((step) => make("li", {}, t(`training.${step}`))));
  const { actions } = show(root, t("training.title"), [make("p", { class: "lead" }, t("training.why")), steps], back);
  actions.prepend(button(t("training.begin"), deeds.training, "primary"));
}

/** The tablet's clock may be wrong about the end of the event. */
function goOn(root, desk, { back, deeds }) {
  const now = new Intl.DateTimeFormat(tongue(), { dateStyle: "full", timeStyle: "short" }).format(new Date(desk.now()));
  const parts = [make("p", { class: "lead" }, t("over.says", { now })), make("p", {}, t("over.why"))];
  const { actions } = show(root, t("over.title"), parts, back);
  actions.prepend(button(t("over.go"), deeds.goOn, "primary"));
}

/** Save what is held, sealed, as a file that any organiser can hand in. */
function save(root, desk, { back }) {
  const said = status();
  const { actions } = show(root, t("export.title"), [make("p", { class: "lead" }, t("export.why")), make("p", {}, t("export.harmless")), said], back);
  const go = button(t("export.go"), () => busy(go, write_), "primary");
  async function write_() {
    const done = await handOut(await desk.exportFile(), desk.pack()?.tablet.name ?? "tablet").catch(() => false);
    write(said, t(done ? "export.done" : "export.failed"));
  }
  actions.prepend(go);
}

async function handOut(blob, tablet) {
  const name = `${tablet.replace(/[^\p{L}\p{N}]+/gu, "-")}.lantern-kiosk.json`;
  const file = new File([blob], name, { type: "application/json" });
  // An app on an iPad's home screen has no downloads; its own sheet can save the file.
  if (navigator.standalone && navigator.canShare?.({ files: [file] })) await navigator.share({ files: [file] });
  else {
    const [address, link] = [URL.createObjectURL(file), document.createElement("a")];
    Object.assign(link, { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
  return true;
}

export const pages = { takeBack, shift, language, training, goOn, save };
