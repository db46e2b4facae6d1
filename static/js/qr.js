// Draws a QR code (ISO/IEC 18004: byte mode, level M, versions 1 to 40) where its content must not
// reach a server: a printed recovery key. Codes on boards are drawn by the server's room `qr`.

const ECC_PER_BLOCK = [
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
  26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
];
const BLOCKS = [
  1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
  17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
];
const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];
const QUIET = 4;

/** The text does not fit into the largest code. */
export class TooLong extends Error {
  name = "TooLong";
}

/** Encode text; gives rows of modules, true where it is dark. */
export function qrModules(text) {
  const bytes = new TextEncoder().encode(text);
  const version = versionFor(bytes.length);
  const codewords = interleaved(dataCodewords(bytes, version), version);
  let best = null;
  for (let mask = 0; mask < MASKS.length; mask++) {
    const grid = drawn(version, codewords, mask);
    const cost = penalty(grid);
    if (!best || cost < best.cost) best = { grid, cost };
  }
  return best.grid;
}

/** Draw text as an SVG element with the light margin that readers need. */
export function qrImage(text, title) {
  const [grid, space] = [qrModules(text), "http://www.w3.org/2000/svg"];
  const side = grid.length + 2 * QUIET;
  const image = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  image.setAttribute("viewBox", `0 0 ${side} ${side}`);
  image.setAttribute("role", "img");
  image.setAttribute("aria-label", title);
  image.setAttribute("shape-rendering", "crispEdges");
  path.setAttribute("d", grid.map((row, y) => rowPath(row, y)).join(""));
  image.append(path);
  return image;
}

function rowPath(row, y) {
  let path = "";
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    const from = x;
    while (row[x + 1]) x++;
    path += `M${from + QUIET} ${y + QUIET}h${x - from + 1}v1h-${x - from + 1}z`;
  }
  return path;
}

// ---- how much fits

function rawModules(version) {
  let free = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const patterns = Math.floor(version / 7) + 2;
    free -= (25 * patterns - 10) * patterns - 55;
    if (version >= 7) free -= 36;
  }
  return free;
}

const allCodewords = (version) => Math.floor(rawModules(version) / 8);
const room = (version) => allCodewords(version) - ECC_PER_BLOCK[version - 1] * BLOCKS[version - 1];
const countBits = (version) => (version < 10 ? 8 : 16);

function versionFor(length) {
  for (let version = 1; version <= 40; version++) {
    if (4 + countBits(version) + 8 * length <= 8 * room(version)) return version;
  }
  throw new TooLong("This text does not fit into a QR code.");
}

// ---- codewords

function dataCodewords(bytes, version) {
  const [bits, most] = [[], 8 * room(version)];
  const push = (value, length) => {
    for (let at = length - 1; at >= 0; at--) bits.push((value >>> at) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, countBits(version));
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, most - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < most; pad ^= 0xec ^ 0x11) push(pad, 8);
  return Uint8Array.from({ length: most / 8 }, (_, at) => parseInt(bits.slice(8 * at, 8 * at + 8).join(""), 2));
}

function interleaved(data, version) {
  const [blocks, ecc] = [BLOCKS[version - 1], ECC_PER_BLOCK[version - 1]];
  const short = Math.floor(allCodewords(version) / blocks) - ecc;
  const long = allCodewords(version) % blocks; // this many blocks, the last ones, hold one more
  const divisor = reedSolomonDivisor(ecc);
  const [parts, checks] = [[], []];
  for (let block = 0, at = 0; block < blocks; block++) {
    const length = short + (block >= blocks - long ? 1 : 0);
    parts.push(data.subarray(at, at + length));
    checks.push(reedSolomonRemainder(parts[block], divisor));
    at += length;
  }
  return [...columns(parts, short + 1), ...columns(checks, ecc)];
}

function columns(blocks, length) {
  const taken = [];
  for (let at = 0; at < length; at++) {
    for (const block of blocks) if (at < block.length) taken.push(block[at]);
  }
  return taken;
}

function times(x, y) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((y >>> bit) & 1) * x;
  }
  return product;
}

function reedSolomonDivisor(degree) {
  const result = new Uint8Array(degree);
  result[degree - 1] = 1;
  for (let step = 0, root = 1; step < degree; step++, root = times(root, 2)) {
    for (let at = 0; at < degree; at++) result[at] = times(result[at], root) ^ (result[at + 1] ?? 0);
  }
  return result;
}

function reedSolomonRemainder(data, divisor) {
  const result = new Uint8Array(divisor.length);
  for (const byte of data) {
    const factor = byte ^ result[0];
    result.copyWithin(0, 1);
    result[result.length - 1] = 0;
    for (let at = 0; at < result.length; at++) result[at] ^= times(divisor[at], factor);
  }
  return result;
}

// ---- the picture

function drawn(version, codewords, mask) {
  const size = 4 * version + 17;
  const [grid, fixed] = [0, 0].map(() => Array.from({ length: size }, () => new Array(size).fill(false)));
  const set = (x, y, dark) => {
    grid[y][x] = dark;
    fixed[y][x] = true;
  };
  drawFunctions(version, size, set);
  drawFormat(mask, size, set);
  drawCodewords(codewords, { grid, fixed, size }, MASKS[mask]);
  return grid;
}

function drawFunctions(version, size, set) {
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) drawSquare(x, y, { size, reach: 4, set });
  const centres = alignment(version, size);
  const last = centres.length - 1;
  centres.forEach((x, i) =>
    centres.forEach((y, j) => {
      const finder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!finder) drawSquare(x, y, { size, reach: 2, set });
    }),
  );
  if (version >= 7) drawVersion(version, size, set);
}

/** A finder (reach 4, its light edge included) or an alignment square (reach 2). */
function drawSquare(x, y, { size, reach, set }) {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const away = Math.max(Math.abs(dx), Math.abs(dy));
      const inside = x + dx >= 0 && x + dx < size && y + dy >= 0 && y + dy < size;
      if (inside) set(x + dx, y + dy, reach === 4 ? away !== 2 && away !== 4 : away !== 1);
    }
  }
}

function alignment(version, size) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const rest = Array.from({ length: count - 1 }, (_, at) => size - 7 - at * step);
  return [6, ...rest.reverse()];
}

function drawVersion(version, size, set) {
  let rest = version;
  for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let at = 0; at < 18; at++) {
    const [dark, a, b] = [((bits >>> at) & 1) === 1, size - 11 + (at % 3), Math.floor(at / 3)];
    set(a, b, dark);
    set(b, a, dark);
  }
}

function drawFormat(mask, size, set) {
  const data = mask; // level M is 00
  let rest = data;
  for (let step = 0; step < 10; step++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const dark = (at) => ((bits >>> at) & 1) === 1;
  for (let at = 0; at <= 5; at++) set(8, at, dark(at));
  set(8, 7, dark(6));
  set(8, 8, dark(7));
  set(7, 8, dark(8));
  for (let at = 9; at < 15; at++) set(14 - at, 8, dark(at));
  for (let at = 0; at < 8; at++) set(size - 1 - at, 8, dark(at));
  for (let at = 8; at < 15; at++) set(8, size - 15 + at, dark(at));
  set(8, size - 8, true);
}

function drawCodewords(codewords, { grid, fixed, size }, mask) {
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      for (const x of [right, right - 1]) {
        const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
        if (fixed[y][x]) continue;
        const bit = at < 8 * codewords.length ? (codewords[at >>> 3] >>> (7 - (at & 7))) & 1 : 0;
        at++;
        grid[y][x] = (bit === 1) !== (mask(x, y) === 0);
      }
    }
  }
}

// ---- which mask is easiest to read

function penalty(grid) {
  const turned = grid.map((_, x) => grid.map((row) => row[x]));
  let cost = 0;
  for (const row of [...grid, ...turned]) cost += runs(row) + likeFinders(row);
  const size = grid.length;
  let dark = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      dark += grid[y][x];
      const square = x + 1 < size && y + 1 < size && [grid[y][x + 1], grid[y + 1][x], grid[y + 1][x + 1]];
      if (square && square.every((it) => it === grid[y][x])) cost += 3;
    }
  }
  return cost + 10 * Math.floor(Math.abs((20 * dark) / (size * size) - 10));
}

function runs(row) {
  let [cost, length] = [0, 1];
  for (let at = 1; at <= row.length; at++) {
    if (row[at] === row[at - 1]) length++;
    else {
      if (length >= 5) cost += length - 2;
      length = 1;
    }
  }
  return cost;
}

function likeFinders(row) {
  const text = `0000${row.map(Number).join("")}0000`;
  let cost = 0;
  for (const pattern of ["00001011101", "10111010000"]) {
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) cost += 40;
  }
  return cost;
}
