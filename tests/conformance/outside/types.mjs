// Writes the data of our pages as TypeScript against schema-dts, for tsc to check.
// node types.mjs FOLDER FILE reads FOLDER/jsonld.json and writes FILE; a wrong word, status or type does not compile.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, file] = process.argv.slice(2);
const pages = JSON.parse(readFileSync(join(folder, "jsonld.json"), "utf8"));
const things = Object.values(pages).flat().flatMap((block) => block["@graph"] ?? [block]);
const typed = things.map((thing) => {
  const { "@context": _context, ...rest } = thing;
  return `  ${JSON.stringify(rest)},`;
});
writeFileSync(file, `import type { Event, MusicEvent } from "schema-dts";

type Ours = Exclude<Event | MusicEvent, string>;
export const ours: Ours[] = [
${typed.join("\n")}
];

// What must not compile; if it does, the vocabulary is not looking.
export const wrong: Ours[] = [
  // @ts-expect-error a word that schema.org does not have
  { "@type": "Event", "startdate": "2026-11-02" },
  // @ts-expect-error a status that schema.org does not have
  { "@type": "Event", "eventStatus": "https://schema.org/EventMoved" },
  // @ts-expect-error a place is no person
  { "@type": "MusicEvent", "location": { "@type": "Place", "geo": { "@type": "Person" } } },
];
`);
