// Opens a key file with nothing but WebCrypto, as a browser could, and prints the public point.
//   node open_key_file.mjs < {"file": "<text of the key file>", "passphrase": "…"}
import { readFileSync } from "node:fs";

const utf8 = (text) => new TextEncoder().encode(text);
const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const { file, passphrase } = JSON.parse(readFileSync(0, "utf8"));
const key = JSON.parse(file);
const typed = passphrase.normalize("NFC").trim().split(/\s+/).join(" ");
const words = await crypto.subtle.importKey("raw", utf8(typed), key.kdf.name, false, ["deriveKey"]);
const aes = await crypto.subtle.deriveKey(
  { name: key.kdf.name, hash: key.kdf.hash, iterations: key.kdf.iterations, salt: unbase64(key.kdf.salt) },
  words,
  { name: key.cipher.name, length: key.cipher.length },
  false,
  ["decrypt"],
);
const additionalData = utf8(`${key.format}/${key.version}|${key.key_id}|${key.public_key}`);
const how = { name: key.cipher.name, iv: unbase64(key.cipher.iv), additionalData };
const pkcs8 = await crypto.subtle.decrypt(how, aes, unbase64(key.cipher.data));
const curve = { name: "ECDH", namedCurve: "P-256" };
const secret = await crypto.subtle.importKey("pkcs8", pkcs8, curve, true, ["deriveBits"]);
const { x, y } = await crypto.subtle.exportKey("jwk", secret);
process.stdout.write(JSON.stringify({ x, y }));
