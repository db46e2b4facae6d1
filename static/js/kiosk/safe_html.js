// HTML that the pack brings (our server's own rendering) becomes nodes of a short list. It is read
// by an inert parser, so nothing in it runs or loads, and no link leads away from the tablet.

const TAGS = new Set(
  "p h2 h3 ul ol li strong em blockquote br hr table thead tbody tr th td".split(" "),
);
const DROPPED = new Set("script style template iframe object embed svg math title noscript".split(" "));

/** Turn HTML into nodes that are safe to show; what is not on the list leaves its text behind. */
export function safeNodes(html) {
  const read = new DOMParser().parseFromString(html ?? "", "text/html");
  const safe = document.createDocumentFragment();
  safe.append(...[...read.body.childNodes].flatMap(kept));
  return safe;
}

function kept(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  const name = node.localName;
  if (DROPPED.has(name)) return [];
  const children = [...node.childNodes].flatMap(kept);
  if (!TAGS.has(name)) return children;
  const copy = document.createElement(name);
  copy.append(...children);
  return [copy];
}
