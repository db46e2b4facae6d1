// Envelopes: closed before anything touches the disk, and opened by the event's intake key alone.
// Byte for byte what campaign_app/core/envelope.py writes:
//
//   info      lantern/kiosk/v1|<event uid>|<key id>|<install>|<item>
//   envelope  ephemeral point (65) + AES-256-GCM(padded JSON) with tag (16)

import { sealTo, utf8 } from "../seal.js";

export const LARGEST = 8192;
const BLOCK = 256;
const LENGTH = 4;
// No part may hold the mark between them, or two envelopes could be bound alike.
const PART = /^[A-Za-z0-9-]{1,64}$/;

/** Say what an envelope is bound to: it opens nowhere else. */
export function infoOf({ event, key, install, id }) {
  const parts = [event, key.id, install, id];
  if (!parts.every((part) => PART.test(part))) throw new RangeError("An envelope is bound to plain names.");
  return utf8(["lantern/kiosk/v1", ...parts].join("|"));
}

/** Hide the length of a name: a length, JSON, zeros up to whole blocks. */
export function padded(payload) {
  const text = utf8(JSON.stringify(payload));
  const plain = new Uint8Array(Math.ceil((LENGTH + text.length) / BLOCK) * BLOCK);
  new DataView(plain.buffer).setUint32(0, text.length);
  plain.set(text, LENGTH);
  return plain;
}

/**
 * Close a payload for an event: `bound` is { event, key: { id, publicRaw }, install, id }.
 * What is too large for the server is refused here, while the signer still stands there.
 */
export async function sealed(payload, bound) {
  const info = infoOf(bound);
  const plain = padded(payload);
  const envelope = await sealTo(bound.key.publicRaw, plain, info);
  plain.fill(0);
  if (envelope.length > LARGEST) throw new RangeError("An envelope of this size is not taken.");
  return envelope;
}
