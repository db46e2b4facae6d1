// Sealing in the browser, byte for byte as campaign_app/core/seal.py does it: HPKE (RFC 9180, base
// mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM) with WebCrypto and nothing else.
// Knows no page, no network, no storage; runs in a worker as well.
//
//   binding  lantern/<purpose>/v1|<petition>|<row>
//   box      nonce (12) + AES-256-GCM(data key, padded JSON, aad = binding)
//   copy     HPKE(data key, info = binding|<key id>) = ephemeral point (65) + 32 + tag (16)
//
// A key is a plain object that can be posted to a worker:
//   { secret: CryptoKey, publicRaw: Uint8Array, keyId: "16 hex digits" }

export const TEXT_PREFIX = "lantern-p256:";
export const POINT = 65;
export const COPY = POINT + 32 + 16;

const KEY = 32;
const NONCE = 12;
const LENGTH = 4;
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const PART = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

// Each error has a `code` by which a page finds its words; none carries what was sealed.

/** The text or the bytes are no public key on the curve P-256. */
export class BadPublicKey extends Error {
  name = "BadPublicKey";
  code = "bad-public-key";
}

/** The record was altered, moved, or closed for another key. */
export class CannotOpen extends Error {
  name = "CannotOpen";
  code = "altered";
}

/** The record holds no copy for this key. */
export class NotForThisKey extends CannotOpen {
  name = "NotForThisKey";
  code = "not-for-this-key";
}

// ---- bytes and texts

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Write text as UTF-8. */
export const utf8 = (text) => encoder.encode(text);

/** Lay bytes (and texts) one after the other. */
export function joined(...pieces) {
  const parts = pieces.map((it) => (typeof it === "string" ? utf8(it) : it));
  const whole = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Write bytes in base64. */
export function base64(bytes) {
  let letters = "";
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(letters);
}

/** Read base64, or hand bytes through as they are. */
export function bytesOf(written) {
  if (written instanceof Uint8Array) return written;
  const letters = atob(written);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function digest(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// ---- keys

/** Read a pasted public key (`lantern-p256:…`) and give its 65 bytes. */
export async function publicKeyFrom(text) {
  const line = text.trim();
  if (!line.startsWith(TEXT_PREFIX)) throw new BadPublicKey(`A public key begins with ${TEXT_PREFIX}`);
  let raw;
  try {
    raw = bytesOf(line.slice(TEXT_PREFIX.length).replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new BadPublicKey("This public key has letters that do not belong there.");
  }
  await pointFrom(raw);
  if (publicText(raw) !== line) throw new BadPublicKey("This public key was altered on its way.");
  return raw;
}

/** Write a public key as one line that can be pasted. */
export function publicText(publicRaw) {
  return TEXT_PREFIX + base64(publicRaw).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Name a public key in sixteen letters, for machines. */
export async function keyIdOf(publicRaw) {
  return hex((await digest(publicRaw)).subarray(0, 8));
}

/** Write a public key's name in groups that two people can compare aloud. */
export async function fingerprintOf(publicRaw) {
  return hex((await digest(publicRaw)).subarray(0, 16)).replace(/.{4}(?!$)/g, "$& ");
}

/** Make a new key; its private half can be taken out once, by keyfile.js. */
export async function generateKey() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const publicRaw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return { secret: privateKey, publicRaw, keyId: await keyIdOf(publicRaw) };
}

/** Take a private key (PKCS#8) into the browser's keeping, from where no script gets it back. */
export async function keyFromPkcs8(der) {
  // Only an extractable key shows its public half; it is thrown away at once.
  const shown = await crypto.subtle.importKey("pkcs8", der, CURVE, true, ["deriveBits"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", shown);
  const plain = (text) => bytesOf(text.replaceAll("-", "+").replaceAll("_", "/"));
  const publicRaw = joined(new Uint8Array([4]), plain(x), plain(y));
  const secret = await crypto.subtle.importKey("pkcs8", der, CURVE, false, ["deriveBits"]);
  return { secret, publicRaw, keyId: await keyIdOf(publicRaw) };
}

async function pointFrom(raw) {
  // WebCrypto also takes compressed points; ours are written out.
  if (raw.length !== POINT || raw[0] !== 4) throw new BadPublicKey("A public key has 65 bytes.");
  try {
    return await crypto.subtle.importKey("raw", raw, CURVE, false, []);
  } catch {
    throw new BadPublicKey("This is not a point on the curve P-256.");
  }
}

// ---- HPKE. What does not change from record to record is made once: a phone opens 100,000.

const KEM = joined("KEM", new Uint8Array([0x00, 0x10]));
const SUITE = joined("HPKE", new Uint8Array([0x00, 0x10, 0x00, 0x01, 0x00, 0x02]));
const VERSION = utf8("HPKE-v1");
const NOTHING = new Uint8Array(0);
const labeled = (suite, label, ikm) => joined(VERSION, suite, label, ikm);
const labeledInfo = (suite, label, info, length) => joined(new Uint8Array([0, length]), VERSION, suite, label, info);

const EAE_PRK = labeled(KEM, "eae_prk", NOTHING);
const INFO_HASH = labeled(SUITE, "info_hash", NOTHING);
const SHARED_SECRET = labeledInfo(KEM, "shared_secret", NOTHING, KEY);
const KEY_LABEL = labeledInfo(SUITE, "key", NOTHING, KEY);
const NONCE_LABEL = labeledInfo(SUITE, "base_nonce", NOTHING, NONCE);

let constants = null;

function once() {
  constants ??= makeConstants();
  return constants;
}

async function makeConstants() {
  const { subtle } = crypto;
  // An extract without a salt is an HMAC under zeros (RFC 5869).
  const zeros = await subtle.importKey("raw", new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const noPsk = await subtle.importKey("raw", labeled(SUITE, "secret", NOTHING), "HKDF", false, ["deriveBits"]);
  const pskIdHash = new Uint8Array(await subtle.sign("HMAC", zeros, labeled(SUITE, "psk_id_hash", NOTHING)));
  return { zeros, noPsk, mode: joined(new Uint8Array([0]), pskIdHash) };
}

async function expanded(material, salt, info, length) {
  const how = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(how, material, length * 8));
}

/** Agree on AES key and nonce of one copy (RFC 9180, 4.1 and 5.1), from either side. */
export async function contextOf(secret, otherPoint, { enc, publicRaw, info }) {
  const { subtle } = crypto;
  const [{ zeros, noPsk, mode }, dh] = await Promise.all([
    once(),
    subtle.deriveBits({ name: "ECDH", public: otherPoint }, secret, 256),
  ]);
  const [ikm, infoHash] = await Promise.all([
    subtle.importKey("raw", joined(EAE_PRK, new Uint8Array(dh)), "HKDF", false, ["deriveBits"]),
    subtle.sign("HMAC", zeros, joined(INFO_HASH, info)),
  ]);
  const shared = await expanded(ikm, NOTHING, joined(SHARED_SECRET, enc, publicRaw), KEY);
  const schedule = joined(mode, new Uint8Array(infoHash));
  const [key, nonce] = await Promise.all([
    expanded(noPsk, shared, joined(KEY_LABEL, schedule), KEY),
    expanded(noPsk, shared, joined(NONCE_LABEL, schedule), NONCE),
  ]);
  return { key, nonce };
}

/** Open one copy of a data key; `info` is what `infoOf` says. */
export async function openCopy(key, wrapped, info) {
  const copy = bytesOf(wrapped);
  if (copy.length !== COPY) throw new CannotOpen("The copy of the data key was altered or moved.");
  const enc = copy.subarray(0, POINT);
  try {
    const context = await contextOf(key.secret, await pointFrom(enc), { enc, publicRaw: key.publicRaw, info });
    const aes = await crypto.subtle.importKey("raw", context.key, "AES-GCM", false, ["decrypt"]);
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv: context.nonce }, aes, copy.subarray(POINT)),
    );
  } catch {
    throw new CannotOpen("The copy of the data key was altered or moved.");
  }
}

/** Close a data key for the holder of a public key. */
export async function sealTo(publicRaw, dataKey, info) {
  const [point, ephemeral] = await Promise.all([
    pointFrom(publicRaw),
    crypto.subtle.generateKey(CURVE, false, ["deriveBits"]),
  ]);
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
  const context = await contextOf(ephemeral.privateKey, point, { enc, publicRaw, info });
  const aes = await crypto.subtle.importKey("raw", context.key, "AES-GCM", false, ["encrypt"]);
  const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: context.nonce }, aes, dataKey);
  return joined(enc, new Uint8Array(closed));
}

// ---- records

/** Say what a record is bound to. */
export function bindingOf({ purpose, petition, row }) {
  for (const part of [purpose, petition, row]) {
    if (!PART.test(part)) throw new RangeError("Purpose, petition and row are plain names.");
  }
  return utf8(`lantern/${purpose}/v1|${petition}|${row}`);
}

/** Say what one key's copy is bound to. */
export function infoOf(where, keyId) {
  return joined(bindingOf(where), `|${keyId}`);
}

/**
 * Open a record where it belongs; anything moved or altered stays shut.
 * `box` and the copies (key id → copy) are base64 as in an export, or bytes.
 */
export async function openRecord({ box, copies }, key, where) {
  if (!Object.hasOwn(copies, key.keyId)) throw new NotForThisKey(`This record is not sealed for the key ${key.keyId}.`);
  const dataKey = await openCopy(key, copies[key.keyId], infoOf(where, key.keyId));
  return unpadded(await openBox(dataKey, bytesOf(box), bindingOf(where)));
}

async function openBox(dataKey, box, additionalData) {
  // WebCrypto also takes shorter keys; a key cut short must not pass for a whole one.
  if (dataKey.length !== KEY) throw new CannotOpen("The copy holds no data key.");
  try {
    const aes = await crypto.subtle.importKey("raw", dataKey, "AES-GCM", false, ["decrypt"]);
    const how = { name: "AES-GCM", iv: box.subarray(0, NONCE), additionalData };
    return new Uint8Array(await crypto.subtle.decrypt(how, aes, box.subarray(NONCE)));
  } catch {
    throw new CannotOpen("The box was altered, moved, or closed under another key.");
  }
}

function unpadded(plain) {
  let payload;
  try {
    const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
    payload = JSON.parse(decoder.decode(plain.subarray(LENGTH, LENGTH + length)));
  } catch {
    // Whoever knows a public key can seal anything, so what comes out is not trusted either.
    throw new CannotOpen("The record holds no JSON.");
  }
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new CannotOpen("The record holds no fields.");
  }
  return payload;
}

/** Close a record's data key for one more public key, with a key that opens it. */
export async function resealed(wrapped, key, where, to) {
  const dataKey = await openCopy(key, wrapped, infoOf(where, key.keyId));
  return sealTo(to.publicRaw, dataKey, infoOf(where, to.keyId));
}
