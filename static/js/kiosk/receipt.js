// The receipt code of a signature, drawn on the tablet: nobody else knows it until it is sealed.

const LETTERS = "3479acdefghjkmnpqrtxy"; // as in campaign_app/core/ids.py: none is mistaken for another
const LENGTH = 24;
const FAIR = 256 - (256 % LETTERS.length); // a byte from here on would favour the first letters

/** Draw a receipt code, each letter as likely as the others. */
export function newReceipt() {
  let code = "";
  while (code.length < LENGTH) {
    const drawn = crypto.getRandomValues(new Uint8Array(LENGTH));
    code += [...drawn].filter((byte) => byte < FAIR).map((byte) => LETTERS[byte % LETTERS.length]).join("");
  }
  return code.slice(0, LENGTH);
}

/** Write a code in groups that can be copied by hand. */
export function inGroups(code) {
  return code.replace(/.{4}(?!$)/g, "$&-");
}
