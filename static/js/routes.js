/**
 * The routes through the years, drawn on the page's map (map.js), with the bar of years, the filters and the panel.
 *
 *   <div class="imap-map" …>                              the map itself
 *   <script type="application/json" id="routes-content">  routes.page.map_content
 *   <form data-routes="controls">, <section data-routes="panel">   made by templates/routes/routes.html
 *
 * One object holds the state; every change of it goes through `show`, which draws everything from it. A link keeps it:
 * #year=2011&route=central-mediterranean&at=34.1,12.2,5
 */

import { started } from "./map.js";
import { barChart } from "./lib/bar-chart.js";

const STEP_MS = 1400; // a year at speed 1
const UNKNOWN_WIDTH = 2; // pixels: a route without a figure
const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");

const content = JSON.parse(document.getElementById("routes-content").textContent);
const controls = document.querySelector('[data-routes="controls"]');
const panel = document.querySelector('[data-routes="panel"]');
const root = document.querySelector(".imap-map");
const [firstYear, lastYear] = content.years;
const routeBySlug = new Map(content.routes.map((route) => [route.slug, route]));

/* The state, and the link that keeps it. */

const state = { year: lastYear, quarter: "", route: "", mode: "", nationality: "", playing: false, speed: 1 };

function readLink() {
  const link = new URLSearchParams(window.location.hash.slice(1));
  const year = Number(link.get("year"));
  if (year >= firstYear && year <= lastYear) state.year = year;
  if (/^[1-4]$/.test(link.get("quarter") ?? "")) state.quarter = link.get("quarter");
  if (routeBySlug.has(link.get("route"))) state.route = link.get("route");
  if (["land", "sea", "air"].includes(link.get("mode"))) state.mode = link.get("mode");
  if (content.nationalities[link.get("nationality")]) state.nationality = link.get("nationality");
  const view = (link.get("at") ?? "").split(",").map(Number);
  return view.length === 3 && view.every(Number.isFinite) ? view : null;
}

function writeLink(map) {
  const { lat, lng } = map.getCenter();
  const link = new URLSearchParams({ year: state.year });
  for (const name of ["quarter", "route", "mode", "nationality"]) if (state[name]) link.set(name, state[name]);
  link.set("at", [lat.toFixed(2), lng.toFixed(2), map.getZoom()].join(","));
  window.history.replaceState(null, "", `#${link}`);
}

/* What is true of a moment. */

const period = () => (state.quarter ? `${state.year}-Q${state.quarter}` : String(state.year));
const areaOf = (route) => content.areas[routeBySlug.get(route)?.area] ?? null;
const figureOf = (route) => areaOf(route)?.detections[period()] ?? null;
const startsBy = (since, year) => !since || Number(since.slice(0, 4)) <= year;
const lastsTill = (until, year) => !until || Number(until.slice(0, 4)) >= year;

function isShown(segment) {
  if (state.mode && segment.mode !== state.mode) return false;
  if (state.nationality && !nationalityIn(segment.route)) return false;
  return startsBy(segment.since, state.year) && lastsTill(segment.until, state.year);
}

/** [code, number, text] of the chosen nationality among those detected in the route's area that year. */
const nationalityIn = (route) =>
  areaOf(route)?.nationalities[state.year]?.find(([code]) => code === state.nationality) ?? null;

/* Drawing. */

function drawSegments(map, select) {
  const pane = map.createPane("routes");
  pane.style.zIndex = 450; // above the lines of countries, below places and names
  const renderer = L.svg({ pane: "routes", padding: 0.6 });
  return content.segments.filter(({ line }) => line.length > 1).map((segment) => {
    const { colour, name } = routeBySlug.get(segment.route);
    const points = segment.line.map(([lon, lat]) => [lat, lon]);
    const shared = { pane: "routes", renderer, smoothFactor: 0.5 };
    const classes = `route-segment is-${colour} is-${segment.mode} is-${segment.confidence}`;
    const line = L.polyline(points, { ...shared, className: classes }).addTo(map);
    const flow = L.polyline(points, { ...shared, interactive: false, className: `route-flow is-${colour}` }).addTo(map);
    const path = line.getElement();
    const attributes = {
      tabindex: "0", role: "button", "data-route": segment.route, "data-segment": segment.id,
      "aria-label": `${name}: ${segment.name} (${segment.says})`,
    };
    for (const [key, value] of Object.entries(attributes)) path.setAttribute(key, value);
    line.on("click", () => select(segment.route));
    path.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      select(segment.route);
    });
    return { segment, line, flow, path };
  });
}

function paint(drawn) {
  for (const { segment, line, flow, path } of drawn) {
    const shown = isShown(segment);
    const figure = figureOf(segment.route);
    const width = figure?.width ?? UNKNOWN_WIDTH;
    line.setStyle({ weight: width });
    flow.setStyle({ weight: Math.max(1, width * 0.35) });
    path.classList.toggle("is-gone", !shown);
    path.classList.toggle("is-unknown", !figure);
    path.classList.toggle("is-chosen", state.route === segment.route);
    path.classList.toggle("is-aside", Boolean(state.route) && state.route !== segment.route);
    path.toggleAttribute("hidden", !shown);
    path.setAttribute("tabindex", shown ? "0" : "-1");
    path.setAttribute("aria-pressed", String(state.route === segment.route));
    flow.getElement().classList.toggle("is-gone", !shown || (Boolean(state.route) && state.route !== segment.route));
  }
}

/* The panel: the chosen route, or all of them. */

function text(tag, words, parent, className = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  if (className) made.className = className;
  parent.append(made);
  return made;
}

function tell() {
  panel.replaceChildren();
  const routes = state.route ? [routeBySlug.get(state.route)] : content.routes;
  for (const route of routes) tellRoute(route, Boolean(state.route));
}

function tellRoute(route, whole) {
  const box = document.createElement("section");
  box.className = `route-facts is-${route.colour}`;
  panel.append(box);
  const title = text("h3", "", box);
  const choose = text("button", route.name, title, "route-name");
  choose.type = "button";
  choose.setAttribute("aria-pressed", String(whole));
  choose.addEventListener("click", () => show({ route: whole ? "" : route.slug }));
  const figure = figureOf(route.slug);
  const line = text("p", "", box, "route-figure");
  if (figure) {
    text("b", figure.text, line).dir = "ltr";
    line.append(` ${content.words.detections}`);
    text("small", ` ${content.words.area.replace("{area}", areaOf(route.slug).name)}`, line);
  } else line.append(content.words.noFigure);
  if (!whole) return;
  const area = areaOf(route.slug);
  if (area) tellArea(area, box);
  tellReasons(route, box);
  if (route.href) text("a", content.words.profile, box).href = route.href;
}

function tellArea(area, box) {
  const years = Object.entries(area.detections).filter(([name]) => name.length === 4);
  box.append(barChart(years.map(([year, { value, text: words }]) => ({ year: Number(year), value, words })), {
    current: state.year, title: content.words.chart.replace("{area}", area.name),
    onChoose: (year) => show({ year, quarter: "", playing: false }),
  }));
  const list = text("ul", "", box, "route-details");
  const borders = area.borders[state.year];
  if (borders && !state.quarter) {
    text("li", content.words.borders.replace("{land}", borders.land).replace("{sea}", borders.sea), list);
  }
  if (area.deaths[state.year]) text("li", content.words.deaths.replace("{number}", area.deaths[state.year]), list);
  for (const [code, , number] of area.nationalities[state.year] ?? []) {
    text("li", `${content.nationalities[code] ?? code}: ${number}`, list);
  }
  const known = area.detections[period()]?.known;
  if (known) {
    text("h4", content.words.revised, box);
    const versions = text("ul", "", box, "route-details");
    for (const { on, text: words, source } of known) {
      text("li", content.words.asKnownOn.replace("{number}", words).replace("{date}", on), versions);
      text("small", ` ${source}`, versions.lastChild);
    }
  }
}

function tellReasons({ slug }, box) {
  text("h4", content.words.changes, box);
  const reasons = content.reasons.filter(({ route, date }) => route === slug && Number(date.slice(0, 4)) === state.year);
  if (!reasons.length) text("p", content.words.notRecorded, box, "nothing");
  for (const { on, text: words, source } of reasons) {
    const row = text("p", `${on}: ${words} `, box);
    Object.assign(text("small", source, row), { lang: "en", dir: "ltr" });
  }
}

/* The bar of years. */

const named = (name) => controls.elements[name];

function fillControls() {
  named("year").value = state.year;
  named("quarter").value = state.quarter;
  named("route").value = state.route;
  named("mode").value = state.mode;
  named("nationality").value = state.nationality;
  controls.querySelector("output").textContent = state.quarter ? `${state.year} / ${state.quarter}` : state.year;
  const play = controls.querySelector('[data-step="play"]');
  play.setAttribute("aria-pressed", String(state.playing));
  play.textContent = state.playing ? content.words.pause : content.words.play;
  const hasQuarters = Object.values(content.areas).some(({ detections }) => `${state.year}-Q1` in detections);
  named("quarter").disabled = !hasQuarters;
}

function stepped(years) {
  const year = state.year + years;
  if (year > lastYear) return { year: firstYear };
  return { year: year < firstYear ? lastYear : year };
}

let timer = 0;

/** The one way in which anything changes. */
let show = () => {};

function listenToControls(map) {
  controls.hidden = false;
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("input", ({ target }) => {
    if (target.name === "speed") state.speed = Number(target.value);
    else if (target.name === "year") show({ year: Number(target.value), playing: false });
    else show({ [target.name]: target.value });
  });
  controls.addEventListener("click", ({ target }) => {
    const step = target.closest("[data-step]")?.dataset.step;
    if (step === "play") show({ playing: !state.playing });
    else if (step === "back" || step === "on") show({ ...stepped(step === "on" ? 1 : -1), playing: false });
    else if (step === "full") toggleFullScreen(map);
  });
}

function toggleFullScreen(map) {
  const stage = root.closest(".routes-stage");
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen?.().then(() => map.invalidateSize());
}

function goOn() {
  window.clearTimeout(timer);
  if (state.playing) timer = window.setTimeout(() => show({ ...stepped(1), quarter: "" }), STEP_MS / state.speed);
}

async function begin() {
  const view = readLink();
  const map = await started.get(root);
  const drawn = drawSegments(map, (route) => show({ route: state.route === route ? "" : route }));
  show = (change) => {
    Object.assign(state, change);
    if (!Object.values(content.areas).some(({ detections }) => period() in detections)) state.quarter = "";
    paint(drawn);
    tell();
    fillControls();
    writeLink(map);
    goOn();
  };
  if (view) map.setView([view[0], view[1]], view[2], { animate: false });
  map.on("moveend", () => writeLink(map));
  window.addEventListener("hashchange", () => {
    readLink();
    show({});
  });
  root.classList.toggle("is-still", stillness.matches);
  listenToControls(map);
  show({});
}

begin();
