// The engines of others in JavaScript: ical.js (Thunderbird's) and node-ical.
// node read_calendars.mjs FOLDER prints one finding a line.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ICAL from "ical.js";
import ical from "node-ical";

const folder = process.argv[2];
const wanted = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
const utc = (date) => new Date(date).toISOString().replace(".000Z", "Z");

function byIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset(); // only what the calendar itself explains, as Thunderbird has it from elsewhere
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component, { strictExceptions: true });
    for (const name of ["uid", "dtstamp", "dtstart", "dtend", "sequence", "summary"])
      if (component.getAllProperties(name).length !== 1) throw new Error(`not one ${name}`);
    for (const time of [event.startDate, event.endDate])
      if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`${time} floats`);
    const [start, end] = [event.startDate, event.endDate].map((time) => utc(time.toUnixTime() * 1000));
    return [event.uid, start, end, component.getFirstPropertyValue("status")];
  });
}

function byNodeIcal(text) {
  return Object.values(ical.sync.parseICS(text))
    .filter((one) => one.type === "VEVENT")
    .map((one) => [one.uid, utc(one.start), utc(one.end), one.status]);
}

function compared(text, expected, read) {
  try {
    const found = read(text).map((row) => JSON.stringify(row)).sort();
    const rows = expected.map((row) => JSON.stringify(row)).sort();
    if (found.join() === rows.join()) return [];
    const missing = rows.filter((row) => !found.includes(row));
    const extra = found.filter((row) => !rows.includes(row));
    return [`${found.length} dates for ${rows.length}; missing ${missing.slice(0, 2)}, instead ${extra.slice(0, 2)}`];
  } catch (refused) {
    return [String(refused).slice(0, 300)];
  }
}

const engines = { "ical.js": byIcalJs, "node-ical": byNodeIcal };
for (const [engine, read] of Object.entries(engines)) {
  for (const [name, expected] of Object.entries(wanted)) {
    const text = readFileSync(join(folder, name), "utf8");
    for (const finding of compared(text, expected, read)) console.log(`${engine}: ${name}: ${finding}`);
  }
  // Each of them would have noticed a date too few.
  const [name, expected] = Object.entries(wanted)[0];
  const text = readFileSync(join(folder, name), "utf8");
  if (!compared(text, expected.slice(1), read).length) console.log(`${engine}: does not notice a date too many`);
}
