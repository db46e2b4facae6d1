// What a form refuses, by the rules of campaign_app/petitions/names.py and mailboxes.py: whatever
// passes here must pass there, or the signature waits in quarantine for an organiser.

const LONGEST_NAME = 200;
const UNSEEN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;
const WEB = /https?:|www\.|:\/\/|[\p{L}\p{N}_-]\.(?:com|net|org|info|ru|cn|xyz|top|io)(?![\p{L}\p{N}_])/iu;

const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL = 64;
const ATOM = /^[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u;
const LAST = /^(?:xn--[a-z0-9-]+|[\p{L}][\p{L}\p{M}]+)$/iu;
const NOWHERE = new Set(["arpa", "invalid", "local", "localhost", "onion", "test"]);

/** Compose letters and drop white space around a name. */
export function cleanName(typed) {
  return typed.normalize("NFC").trim();
}

/** Name what is wrong with a name, or null. */
export function nameFault(name) {
  if (!name) return "signer.name_missing";
  if ([...name].length > LONGEST_NAME) return "signer.name_long";
  if (UNSEEN.test(name)) return "signer.name_unseen";
  if (/^[=+\-@]/.test(name)) return "signer.name_formula";
  if (WEB.test(name)) return "signer.name_web";
  return /\p{L}/u.test(name) ? null : "signer.name_letters";
}

/** Tell whether something typed is a mailbox that our server takes. */
export function isMailbox(typed) {
  const address = typed.normalize("NFC");
  const at = address.lastIndexOf("@");
  if (at < 1 || new TextEncoder().encode(address).length > LONGEST_ADDRESS) return false;
  return isLocal(address.slice(0, at)) && isDomain(address.slice(at + 1));
}

function isLocal(local) {
  const atoms = local.split(".");
  return new TextEncoder().encode(local).length <= LONGEST_LOCAL && atoms.every((it) => ATOM.test(it));
}

function isDomain(domain) {
  const labels = domain.split(".");
  const last = labels.at(-1).toLowerCase();
  if (labels.length < 2 || NOWHERE.has(last)) return false;
  return LAST.test(last) && labels.every((it) => LABEL.test(it) && !isReserved(it));
}

// Two hyphens at the third place belong to names written in letters of other scripts.
function isReserved(label) {
  return label.slice(2, 4) === "--" && !/^xn--/i.test(label);
}
