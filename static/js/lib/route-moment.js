/** The state of a route map, and the link that keeps it: #year=2011&quarter=1&route=…&at=34.1,12.2,5. Pure. */

const MODES = ["land", "sea", "air"];
const WORDS = ["quarter", "route", "place", "mode", "nationality"]; // kept as they are

export const periodOf = ({ year, quarter }) => (quarter ? `${year}-Q${quarter}` : String(year));

/** The figure of an area, of all or of the chosen nationality: {value, text, width}; none where there is none. */
export const figureIn = (area, { period, nationality }) =>
  (nationality ? area?.nationalities[period]?.[nationality] : area?.detections[period]) ?? null;

/** What a link says, of what is known: {change, view | null}. `known`: {first, last, routes, places, nationalities, layers}. */
export function readLink(hash, known) {
  const link = new URLSearchParams(hash.replace(/^#/, ""));
  const change = {};
  const year = Number(link.get("year"));
  if (year >= known.first && year <= known.last) change.year = year;
  if (link.has("year")) {
    const allowed = { quarter: ["1", "2", "3", "4"], route: known.routes, place: known.places, mode: MODES, nationality: known.nationalities };
    for (const word of WORDS) change[word] = allowed[word].includes(link.get(word)) ? link.get(word) : "";
    change.off = (link.get("off") ?? "").split(",").filter((slug) => known.layers.includes(slug));
  }
  const view = (link.get("at") ?? "").split(",").map(Number);
  return { change, view: view.length === 3 && view.every(Number.isFinite) ? view : null };
}

export function writtenLink(state, { lat, lng, zoom }) {
  const link = new URLSearchParams({ year: state.year });
  for (const word of WORDS) if (state[word]) link.set(word, state[word]);
  if (state.off.length) link.set("off", state.off.join(","));
  link.set("at", [lat.toFixed(2), lng.toFixed(2), zoom].join(","));
  return `#${link}`;
}

/** The year, or the quarter where one is shown, so many steps on; after the last comes the first. */
export function stepped({ year, quarter }, steps, { first, last }, hasQuarters) {
  if (!quarter) {
    const many = last - first + 1;
    return { year: first + (((year - first + steps) % many) + many) % many, quarter: "" };
  }
  const index = year * 4 + Number(quarter) - 1 + steps;
  const next = { year: Math.floor(index / 4), quarter: String((index % 4) + 1) };
  return hasQuarters(next.year) ? next : stepped({ year, quarter: "" }, steps, { first, last }, hasQuarters);
}
