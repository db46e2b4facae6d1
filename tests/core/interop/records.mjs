// Seals and opens records with @hpke/core and WebCrypto only, as a browser could.
//   node records.mjs seal < {"keys": […], "cases": [{purpose, petition, row, payload}]}
//   node records.mjs open < {"keys": [… with pkcs8], "cases": [{…, box, copies}]}
// Each writes the same document again: `seal` with boxes, `open` with what it read as `opened`.
import { readFileSync } from "node:fs";
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

const BLOCK = 256;
const NONCE = 12;
const POINT = 65;
const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});
const utf8 = (text) => new TextEncoder().encode(text);
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const unbase64 = (text) => new Uint8Array(Buffer.from(text, "base64"));

const binding = ({ purpose, petition, row }) => utf8(`lantern/${purpose}/v1|${petition}|${row}`);
const info = (record, keyId) => Buffer.concat([binding(record), utf8(`|${keyId}`)]);
const point = (key) => unbase64(key.public_key.replace("lantern-p256:", "").replace(/-/g, "+").replace(/_/g, "/"));

function padded(payload) {
  const sorted = Object.fromEntries(Object.entries(payload).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = utf8(JSON.stringify(sorted));
  const plain = new Uint8Array(Math.ceil((4 + text.length) / BLOCK) * BLOCK);
  new DataView(plain.buffer).setUint32(0, text.length);
  plain.set(text, 4);
  return plain;
}

function unpadded(plain) {
  const length = new DataView(plain).getUint32(0);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(plain, 4, length)));
}

async function copyFor(key, dataKey, record) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(point(key));
  const { ct, enc } = await suite.seal({ recipientPublicKey, info: info(record, key.key_id) }, dataKey);
  return base64(Buffer.concat([new Uint8Array(enc), new Uint8Array(ct)]));
}

async function seal(record, keys) {
  const dataKey = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const aes = await crypto.subtle.importKey("raw", dataKey, "AES-GCM", false, ["encrypt"]);
  const how = { name: "AES-GCM", iv, additionalData: binding(record) };
  const closed = await crypto.subtle.encrypt(how, aes, padded(record.payload));
  const copies = {};
  for (const key of keys) copies[key.key_id] = await copyFor(key, dataKey, record);
  return { ...record, box: base64(Buffer.concat([iv, new Uint8Array(closed)])), copies };
}

async function openWith(key, record) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const recipientKey = await crypto.subtle.importKey("pkcs8", unbase64(key.pkcs8), curve, true, ["deriveBits"]);
  const copy = unbase64(record.copies[key.key_id]);
  const how = { recipientKey, enc: copy.slice(0, POINT).buffer, info: info(record, key.key_id) };
  const dataKey = await suite.open(how, copy.slice(POINT));
  const aes = await crypto.subtle.importKey("raw", dataKey, "AES-GCM", false, ["decrypt"]);
  const box = unbase64(record.box);
  const gcm = { name: "AES-GCM", iv: box.slice(0, NONCE), additionalData: binding(record) };
  return unpadded(await crypto.subtle.decrypt(gcm, aes, box.slice(NONCE)));
}

async function open(record, keys) {
  const opened = {};
  for (const key of keys) opened[key.key_id] = await openWith(key, record);
  return { ...record, opened };
}

const { keys, cases } = JSON.parse(readFileSync(0, "utf8"));
const deed = { seal, open }[process.argv[2]];
const done = [];
for (const record of cases) done.push(await deed(record, keys));
process.stdout.write(JSON.stringify({ keys, cases: done }));
