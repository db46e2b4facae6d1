// A receipt's QR code leads to the page of receipts with the code behind the `#`, which no browser
// sends to a server. Here it moves into the field, and out of the address and its history.

const code = location.hash.slice(1);
const field = document.querySelector("input[name=code]");

if (code && field) {
  if (/^[0-9a-z-]{8,40}$/i.test(code)) field.value = code.replace(/-/g, "").replace(/.{4}(?!$)/g, "$&-");
  history.replaceState(null, "", location.pathname + location.search);
}
