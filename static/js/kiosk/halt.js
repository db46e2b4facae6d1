// What stands on the screen when nobody can sign here: why, what to do, and that nothing is lost.

import { button, make, turnTo, write } from "./nodes.js";
import { number, t } from "./words.js";

const OWN = ["waiting", "no_event", "over", "broken"];

/** Show why nobody signs now. `held()` counts what is still here, `deeds` are [text, deed, kind]. */
export function mountHalt(root, { situation, held, deeds }) {
  const [title, todo] = OWN.includes(situation) ? ["now", `now.${situation}_todo`] : ["why", `todo.${situation}`];
  const count = make("p", { class: "number", role: "status" });
  const page = make(
    "div",
    { class: "table halt" },
    make("h1", {}, t(`${title}.${situation}`)),
    make("p", { class: "lead" }, t(todo)),
    count,
    make("div", { class: "actions bar" }, ...deeds.map(([text, deed, kind]) => button(text, deed, kind))),
  );
  async function renew() {
    const waiting = await held();
    const calm = waiting === 0 && situation !== "over" && situation !== "drain_only";
    write(count, waiting ? t("now.held", { number: number(waiting) }) : calm ? "" : t("now.empty"));
  }
  turnTo(root, page);
  renew();
  return { renew };
}
