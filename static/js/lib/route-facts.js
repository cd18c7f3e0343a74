/**
 * What a route map tells beside the map: of all routes, of the chosen one, or of the chosen place.
 *
 * Built from `routes.page.map_content` and the features of the map; every number stands there as the page's language
 * writes it.
 */

import { barChart } from "./bar-chart.js";
import { figureIn } from "./route-moment.js";

function put(tag, words, parent, className = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  if (className) made.className = className;
  parent.append(made);
  return made;
}

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const isThere = ({ since, until }, year) =>
  (!since || Number(since.slice(0, 4)) <= year) && (!until || Number(until.slice(0, 4)) >= year);

/** The mark of what not every reader of the page may see. */
export function markNarrower(parent, { isNarrower }, words) {
  if (!isNarrower) return;
  parent.append(" ");
  put("span", words.narrower, parent, "tier narrower");
}

/** `panel`: where to write; `choose`: {route, place, year, quarter} the reader wants to see. */
export function createFacts(panel, content, { segments, stops }, choose) {
  const { words } = content;
  const routeBySlug = new Map(content.routes.map((route) => [route.slug, route]));
  const stopById = new Map(stops.map((stop) => [stop.id, stop]));

  const isNarrower = (id) => content.narrower.includes(id);

  const mark = (parent, shown) => markNarrower(parent, shown, words);

  function box(colour) {
    const made = document.createElement("section");
    made.className = `route-facts is-${colour}`;
    panel.append(made);
    return made;
  }

  function heading(name, parent, isPressed, change) {
    const button = put("button", name, put("h3", "", parent), "route-name");
    button.type = "button";
    button.setAttribute("aria-pressed", String(isPressed));
    button.addEventListener("click", () => choose(change));
  }

  function figureLine(area, asked, parent) {
    const line = put("p", "", parent, "route-figure");
    const figure = figureIn(area, asked);
    if (!figure) {
      line.append(asked.nationality ? words.noneOfNationality : words.noFigure);
      return;
    }
    put("b", figure.text, line).dir = "ltr";
    line.append(` ${words.detections} `);
    put("small", fill(words.area, { area: area.name }), line);
    mark(line, figure);
  }

  function tellRoute(route, asked, isWhole) {
    const { year } = asked;
    const part = box(route.colour);
    part.dataset.route = route.slug;
    heading(route.name, part, isWhole, { route: isWhole ? "" : route.slug, place: "" });
    const area = content.areas[route.area];
    figureLine(area, asked, part);
    if (!isWhole) return;
    if (area) tellArea(area, asked, part);
    tellReasons(route, year, part);
    const own = segments.filter(({ properties }) => properties.route === route.slug && isThere(properties, year));
    tellCountries(own, part);
    tellSegments(own, words.segments, part);
    if (route.href) put("a", words.profile, put("p", "", part)).href = route.href;
  }

  function tellArea(area, { year, period, nationality }, parent) {
    const held = nationality ? Object.keys(area.nationalities) : Object.keys(area.detections);
    const years = held
      .filter((name) => name.length === 4)
      .map((name) => [name, figureIn(area, { period: name, nationality })])
      .filter(([, figure]) => figure);
    if (years.length) {
      parent.append(barChart(years.map(([name, { value, text }]) => ({ year: Number(name), value, words: text })), {
        current: year, title: fill(words.chart, { area: area.name }), onChoose: (chosen) => choose({ year: chosen, quarter: "" }),
      }));
    }
    if (nationality) return; // quarters, borders and deaths are of all nationalities
    const list = put("ul", "", parent, "route-details");
    const borders = area.borders[year];
    if (borders && period.length === 4) mark(put("li", borders.text, list), borders);
    for (let quarter = 1; quarter <= 4; quarter += 1) {
      const figure = area.detections[`${year}-Q${quarter}`];
      if (figure) mark(put("li", `${fill(words.quarter[quarter].replace("%(year)s", "{year}"), { year })}: ${figure.text}`, list), figure);
    }
    const deaths = area.deaths[year];
    if (deaths) mark(put("li", fill(words.deaths, { number: deaths.text }), list), deaths);
    const nationalities = Object.entries(area.nationalities[year] ?? {});
    if (nationalities.length) put("h4", words.nationalities, parent);
    const nations = put("ul", "", parent, "route-details");
    for (const [code, figure] of nationalities) {
      mark(put("li", `${content.nationalities[code] ?? code}: ${figure.text}`, nations), figure);
    }
    tellRevisions(area.detections[period]?.known, parent);
  }

  function tellRevisions(known, parent) {
    if (!known) return;
    put("h4", words.revised, parent);
    const versions = put("ul", "", parent, "route-details");
    for (const { on, text, source, isNarrower: is } of known) {
      const item = put("li", `${fill(words.asKnownOn, { number: text, date: on })} `, versions);
      put("small", source, item);
      mark(item, { isNarrower: is });
    }
  }

  function tellReasons({ slug }, year, parent) {
    put("h4", words.changes, parent);
    const reasons = content.reasons.filter(({ route, date }) => route === slug && Number(date.slice(0, 4)) === year);
    if (!reasons.length) put("p", words.notRecorded, parent, "nothing");
    for (const { on, text, source, isNarrower: is } of reasons) {
      const row = put("p", `${on}: ${text} `, parent);
      Object.assign(put("small", source, row), { lang: "en", dir: "ltr" });
      mark(row, { isNarrower: is });
    }
  }

  function tellCountries(along, parent) {
    const codes = new Set(along.flatMap(({ properties }) => properties.countries));
    if (!codes.size) return;
    put("h4", words.countries, parent);
    const line = put("p", "", parent);
    [...codes].forEach((code, index) => {
      const [name, href] = content.countries[code] ?? [code, null];
      if (index) line.append(words.comma);
      const shown = put(href ? "a" : "span", name, line);
      if (href) shown.href = href;
    });
  }

  function tellSegments(chosen, title, parent) {
    if (!chosen.length) return;
    put("h4", title, parent);
    const list = put("ul", "", parent, "route-details");
    for (const { id, properties } of chosen) {
      const item = put("li", `${properties.name} `, list);
      put("small", [words.modes[properties.mode], words.confidence[properties.confidence]].join(words.comma), item);
      mark(item, { isNarrower: isNarrower(id) });
      if (properties.remark) put("p", properties.remark, item);
    }
  }

  function tellPlace(stop, asked) {
    const { year } = asked;
    const { properties } = stop;
    const part = box("ink");
    part.dataset.place = stop.id;
    heading(properties.name, part, true, { place: "" });
    mark(put("p", words.stops[properties.stop], part), { isNarrower: isNarrower(stop.id) });
    if (properties.remark) put("p", properties.remark, part);
    tellCountries([stop], part);
    const here = segments.filter((segment) => segment.properties.stops.includes(Number(stop.id.slice("stop-".length))));
    tellSegments(here.filter((segment) => isThere(segment.properties, year)), words.segmentsHere, part);
    const href = content.places[stop.id];
    if (href) put("a", words.placeProfile, put("p", "", part)).href = href;
    for (const slug of new Set(here.map((segment) => segment.properties.route))) {
      tellRoute(routeBySlug.get(slug), asked, false);
    }
  }

  function tellOtherAreas(asked) {
    const others = Object.values(content.areas).filter((area) => !routeBySlug.has(area.route) && figureIn(area, asked));
    if (!others.length) return;
    const part = box("ink");
    part.classList.add("other-areas");
    put("h3", words.otherAreas, part);
    put("p", words.neverAdded, part, "nothing");
    const list = put("ul", "", part, "route-details");
    for (const area of others) mark(put("li", `${area.name}: ${figureIn(area, asked).text}`, list), figureIn(area, asked));
  }

  /** Of whom the figures are, where they are of one nationality, and whether there are any. */
  function tellChoice({ nationality, isKnown, said }) {
    if (!nationality) return;
    const name = content.nationalities[nationality];
    put("p", fill(words.ofNationality, { name }), panel, "chosen-nationality");
    if (!isKnown) put("p", fill(words.noneInPeriod, { name, period: said }), panel, "nothing");
  }

  return {
    stopById,
    tell({ route, place, year, period, nationality, isKnown, said }) {
      panel.replaceChildren();
      const moment = { year, period, nationality };
      tellChoice({ nationality, isKnown, said });
      if (stopById.has(place)) tellPlace(stopById.get(place), moment);
      else if (routeBySlug.has(route)) tellRoute(routeBySlug.get(route), moment, true);
      else {
        for (const each of content.routes) tellRoute(each, moment, content.routes.length === 1);
        tellOtherAreas(moment);
        return;
      }
      const all = put("button", words.allRoutes, panel, "all-routes");
      all.type = "button";
      all.addEventListener("click", () => choose({ route: "", place: "" }));
    },
  };
}
