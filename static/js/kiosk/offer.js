// What the pack lets people sign, read for one language: petitions, parts, numbers, countries.

const NUMBER = "\uE000"; // stands for a number that is set large

/** List the petitions that can be signed now: the event still collects, text and parts are there. */
export function petitionsOf(pack, now) {
  const event = pack?.event;
  if (!event?.key || now > Date.parse(event.collect_until)) return [];
  return event.petitions.filter((it) => isOpen(it, now) && Object.keys(it.texts).some((language) => isIn(it, language)));
}

function isOpen({ opens_at: opens, closes_at: closes }, now) {
  return !(opens && now < Date.parse(opens)) && !(closes && now >= Date.parse(closes));
}

/** Tell whether a petition can be signed in a language. */
export function isIn(petition, language) {
  return Boolean(petition.texts[language] && petition.parts[language]?.length);
}

/** List the languages in which some of these petitions can be signed, as the pack orders them. */
export function languagesOf(pack, petitions) {
  return pack.languages.filter(({ code }) => petitions.some((it) => isIn(it, code)));
}

/** Choose the language a station begins in: the tablet's own, if something can be signed in it. */
export function stationLanguage(pack, languages) {
  const own = pack?.tablet?.language;
  return languages.some(({ code }) => code === own) ? own : (languages[0]?.code ?? own ?? "en");
}

/** List the parts that somebody of a country reads: the country's own replace the general ones. */
export function partsFor(petition, language, country, { mailbox }) {
  const all = petition.parts[language];
  const replaced = new Set(all.filter((it) => it.country && it.country === country).map((it) => it.kind));
  const mine = all.filter((it) => (it.country ? it.country === country : !replaced.has(it.kind)));
  // Nobody can write news to somebody without a mailbox.
  return mailbox ? mine : mine.filter((it) => it.kind !== "news");
}

/** Name a country in a language. */
export function countryName(pack, language, code) {
  return pack.countries[language]?.find(([it]) => it === code)?.[1] ?? code;
}

/** Write a number with Latin digits, as everywhere on our pages. */
export function figures(language, number) {
  return new Intl.NumberFormat(language, { numberingSystem: "latn" }).format(number);
}

/** Say how many have signed at least: what stands before the number, the number, what follows. */
export function tallyOf(pack, petition, { language, now, t }) {
  if (!petition.counted) return null;
  const zone = { timeZone: pack.event.zone };
  const at = new Date(petition.as_of);
  const day = new Intl.DateTimeFormat("en", { ...zone, dateStyle: "short" });
  const clock = { ...zone, hour: "2-digit", minute: "2-digit", hour12: false };
  const today = day.format(at) === day.format(now);
  const how = today ? clock : { ...clock, month: "long", day: "numeric" };
  const time = new Intl.DateTimeFormat(language, how).format(at);
  const [before, after] = t("signer.tally", { number: NUMBER, time }).split(NUMBER);
  return { before, number: figures(language, petition.counted), after };
}
