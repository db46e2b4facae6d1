// An organiser's key file in the browser, as campaign_app/core/keyfile.py writes and reads it:
// PBKDF2 (SHA-256, over the passphrase in Unicode NFC with single spaces) gives the AES-GCM key that
// closes the PKCS#8 private key; `lantern-key/1|<key id>|<public key>` is bound in.

import { base64, bytesOf, keyFromPkcs8, keyIdOf, publicKeyFrom, publicText, utf8 } from "./seal.js";

export const ITERATIONS = 600_000;
export const SHORTEST_PASSPHRASE = 12;
export const WORDS_PROPOSED = 6;

const FORMAT = "lantern-key";
const FORMAT_VERSION = 1;
const MOST_ITERATIONS = 20_000_000;
const SALT = 16;
const NONCE = 12;
// What Python's split() takes for space; \s differs in a few letters.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** The text is no key file, or one that was damaged. */
export class NotAKeyFile extends Error {
  name = "NotAKeyFile";
  code = "not-a-key-file";
}

/** The passphrase does not open this key file. */
export class WrongPassphrase extends Error {
  name = "WrongPassphrase";
  code = "wrong-passphrase";
}

/** The passphrase is too short to stand between a stolen laptop and the names. */
export class WeakPassphrase extends Error {
  name = "WeakPassphrase";
  code = "weak-passphrase";
}

/** Propose words that a person can remember and nobody can guess. */
export function proposePassphrase(words, count = WORDS_PROPOSED) {
  return Array.from({ length: count }, () => words[below(words.length)]).join(" ");
}

function below(limit) {
  // A plain remainder would favour the first words.
  const fair = 2 ** 32 - (2 ** 32 % limit);
  for (;;) {
    const [drawn] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < fair) return drawn % limit;
  }
}

/** Write a passphrase as both sides hash it. */
export function asTyped(passphrase) {
  return passphrase.normalize("NFC").split(SPACE).filter(Boolean).join(" ");
}

/** Close a new key (of `generateKey`) with a passphrase; gives the text of its key file. */
export async function writeKeyFile(key, label, passphrase, now = new Date()) {
  const words = asTyped(passphrase);
  if ([...words].length < SHORTEST_PASSPHRASE) throw new WeakPassphrase();
  const [salt, iv] = [SALT, NONCE].map((length) => crypto.getRandomValues(new Uint8Array(length)));
  const [publicKey, kdf] = [publicText(key.publicRaw), { salt, iterations: ITERATIONS }];
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", key.secret);
  const how = { name: "AES-GCM", iv, additionalData: additional(key.keyId, publicKey) };
  const data = await crypto.subtle.encrypt(how, await derived(words, kdf, "encrypt"), pkcs8);
  new Uint8Array(pkcs8).fill(0);
  const document = {
    format: FORMAT,
    version: FORMAT_VERSION,
    key_id: key.keyId,
    public_key: publicKey,
    kdf: { name: "PBKDF2", hash: "SHA-256", iterations: ITERATIONS, salt: base64(salt) },
    cipher: { name: "AES-GCM", length: 256, iv: base64(iv), data: base64(new Uint8Array(data)) },
    label,
    created: now.toISOString().slice(0, 19) + "+00:00",
  };
  return JSON.stringify(document, null, 2) + "\n";
}

/** Read what a key file says about itself, without its passphrase. */
export async function readKeyFile(text) {
  try {
    const found = JSON.parse(text);
    insist(found.format === FORMAT && found.version === FORMAT_VERSION);
    insist(typeof found.label === "string" && !Number.isNaN(Date.parse(found.created)));
    const publicRaw = await publicKeyFrom(found.public_key);
    insist(found.key_id === (await keyIdOf(publicRaw)));
    return { keyId: found.key_id, publicRaw, label: found.label, created: new Date(found.created), ...closed(found) };
  } catch {
    throw new NotAKeyFile("This is not a key file, or a damaged one.");
  }
}

function closed({ kdf, cipher }) {
  insist(kdf.name === "PBKDF2" && kdf.hash === "SHA-256" && Number.isInteger(kdf.iterations));
  insist(ITERATIONS <= kdf.iterations && kdf.iterations <= MOST_ITERATIONS);
  const iv = bytesOf(cipher.iv);
  insist(cipher.name === "AES-GCM" && iv.length === NONCE);
  return { kdf: { salt: bytesOf(kdf.salt), iterations: kdf.iterations }, iv, data: bytesOf(cipher.data) };
}

/** Open a key file with its passphrase: a key for `openRecord`, whose private half stays inside. */
export async function openKeyFile(text, passphrase) {
  const file = await readKeyFile(text);
  const how = { name: "AES-GCM", iv: file.iv, additionalData: additional(file.keyId, publicText(file.publicRaw)) };
  let der;
  try {
    der = await crypto.subtle.decrypt(how, await derived(asTyped(passphrase), file.kdf, "decrypt"), file.data);
  } catch {
    throw new WrongPassphrase("This passphrase does not open this key file.");
  }
  try {
    const key = await keyFromPkcs8(der);
    insist(key.keyId === file.keyId);
    return key;
  } catch {
    throw new NotAKeyFile("This is not a key file, or a damaged one.");
  } finally {
    new Uint8Array(der).fill(0);
  }
}

function additional(keyId, publicKey) {
  return utf8(`${FORMAT}/${FORMAT_VERSION}|${keyId}|${publicKey}`);
}

async function derived(words, { salt, iterations }, use) {
  const phrase = await crypto.subtle.importKey("raw", utf8(words), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, phrase, { name: "AES-GCM", length: 256 }, false, [use]);
}

function insist(held) {
  if (!held) throw new TypeError("damaged");
}
