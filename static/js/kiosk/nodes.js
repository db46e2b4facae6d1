// Elements for the volunteer's pages. Text goes in as text, never as HTML.

/** Make an element: `make("p", { class: "aside" }, "text", child, …)`; `on…` are listeners. */
export function make(name, facts = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && typeof value === "boolean") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((it) => it !== null && it !== undefined && it !== false));
  return node;
}

/** Write into a node only what changed, so that a screen reader is left in peace. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Make a button; `kind` is "", "primary", "quiet" or "danger". */
export function button(text, deed, kind = "") {
  const looks = ["button", kind].filter(Boolean).join(" ");
  return make("button", { type: "button", class: looks, onclick: deed }, text);
}

/** Show a page and put the reader at its head. */
export function turnTo(root, page) {
  root.replaceChildren(page);
  scrollTo(0, 0);
  const head = page.querySelector("h1");
  if (!head) return;
  head.tabIndex = -1;
  head.focus({ preventScroll: true });
}

/** Make a button busy while something happens, whatever comes of it. */
export async function busy(pressed, deed) {
  if (pressed.getAttribute("aria-busy") === "true") return undefined;
  pressed.setAttribute("aria-busy", "true");
  try {
    return await deed();
  } finally {
    pressed.removeAttribute("aria-busy");
  }
}
