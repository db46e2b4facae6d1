// What names.js and its worker do with text: finding without minding case and accents, and tables
// that no spreadsheet runs. Knows no page and no network.

// Letters that Unicode does not take apart.
const ALIKE = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ı: "i", ħ: "h" };

/** Write text so that what people take for the same is the same: case, accents, width, Hangul. */
export function fold(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[ßæœøđðþłıħ]/g, (letter) => ALIKE[letter])
    .replace(/\s+/g, " ")
    .trim();
}

/** What a spreadsheet takes for the beginning of a formula, as core/opened_export.py says it. */
const FORMULA = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"];

/** Keep a spreadsheet from reading a cell as a formula. */
export function harmless(cell) {
  return FORMULA.some((it) => cell.startsWith(it)) ? `'${cell}` : cell;
}

function quoted(cell) {
  const safe = harmless(cell);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Write one line of a table. */
export const csvLine = (cells) => cells.map(quoted).join(",") + "\r\n";

/** Fill the named places of a sentence. */
export const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
