// The volunteer's three numbers at the edge, always in sight, in the station's own language.

import { make, write } from "./nodes.js";
import { figures } from "./offer.js";
import { t } from "./words.js";

const COLOURS = ["green", "amber", "red"];
const NUMBERS = ["today", "safe", "held"];

/** Build the strip; `show(numbers)` writes what `kit.strip()` said. A tap opens the volunteer's view. */
export function stripOf(language, open) {
  const parts = Object.fromEntries(NUMBERS.map((it) => [it, make("b", {}, "–")]));
  const state = make("span", { class: "strip-state" });
  const cells = NUMBERS.map((it) => make("span", {}, t(`signer.strip_${it}`, {}, language), " ", parts[it]));
  const node = make("button", { type: "button", class: "strip", lang: language, onclick: open }, make("span", { class: "numbers" }, ...cells), state);
  const words = Object.fromEntries(COLOURS.map((it) => [it, t(`signer.strip_${it}`, {}, language)]));
  function show(said) {
    if (!said) return;
    for (const it of NUMBERS) write(parts[it], figures(language, said[it] ?? 0));
    node.dataset.colour = COLOURS.includes(said.colour) ? said.colour : "amber";
    write(state, words[node.dataset.colour]);
  }
  return { node, show };
}
