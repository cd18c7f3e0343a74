/**
 * The routes through the years, drawn on the page's map (map.js), with the bar of years, the filters and the panel.
 *
 *   <div data-routes="stage">: the map itself, <div data-routes="facts">, <form data-routes="controls">
 *   <script type="application/json" id="routes-content">  routes.page.map_content
 *
 * One object holds the state; every change of it goes through `show`, which draws everything from it.
 */

import { started } from "./map.js";
import { createFacts, isThere } from "./lib/route-facts.js";
import { drawLines } from "./lib/route-lines.js";
import { figureIn, periodOf, readLink, stepped, writtenLink } from "./lib/route-moment.js";
import { createTwin } from "./lib/route-twin.js";

const STEP_MS = 1400; // a year at speed 1
const content = JSON.parse(document.getElementById("routes-content").textContent);
const stage = document.querySelector('[data-routes="stage"]');
const controls = stage.querySelector('[data-routes="controls"]');
const root = stage.querySelector(".imap-map");
const [first, last] = content.years;
const routeBySlug = new Map(content.routes.map((route) => [route.slug, route]));
const keepsLink = !stage.closest("[data-embedded]"); // a page that shows this as a part has a link of its own

const state = {
  year: last, quarter: "", route: "", place: "", mode: "", nationality: content.nationality, off: [], playing: false, speed: 1,
};

/* What is true of a moment. */

const areaOf = (route) => content.areas[routeBySlug.get(route)?.area] ?? null;
const moment = () => ({ period: periodOf(state), nationality: state.nationality });
const figureOf = (route) => figureIn(areaOf(route), moment());
const hasFigures = (asked) => Object.values(content.areas).some((area) => figureIn(area, asked));
const hasQuarters = (year) => Object.values(content.areas).some(({ detections }) => `${year}-Q1` in detections);

const isDrawnByFigures = () => content.routes.some(({ slug }) => figureOf(slug) !== null);

/** Without any figure of the chosen nationality all lines stay, and the panel says so. */
function look({ properties }, here) {
  const figure = figureOf(properties.route);
  const isOff = state.off.includes(properties.layer) || (state.mode && properties.mode !== state.mode);
  const isAside = state.place ? !here.has(properties.route) : Boolean(state.route) && state.route !== properties.route;
  return {
    isShown: !isOff && (!state.nationality || figure !== null || !isDrawnByFigures()) && isThere(properties, state.year),
    isChosen: state.route === properties.route,
    isAside,
    width: figure?.width ?? null,
  };
}

/* The bar of years. */

const named = (name) => controls.elements[name];

function fillControls() {
  for (const name of ["year", "quarter", "route", "mode", "nationality"]) if (named(name)) named(name).value = state[name];
  for (const box of controls.querySelectorAll('[name="layer"]')) box.checked = !state.off.includes(box.value);
  const written = periodSaid();
  const shown = controls.querySelector("output");
  if (shown.textContent !== String(written)) shown.textContent = written;
  named("year").setAttribute("aria-valuetext", written);
  named("quarter").disabled = !hasQuarters(state.year);
  const play = controls.querySelector('[data-step="play"]');
  play.setAttribute("aria-pressed", String(state.playing));
  play.textContent = state.playing ? content.words.pause : content.words.play;
}

const periodSaid = () => (state.quarter ? content.words.quarter[state.quarter].replace("%(year)s", state.year) : String(state.year));

/** Says of each choice in a list whether anything is known of it at this moment. `segments`: of the map. */
function markChoices(segments) {
  const there = segments.map(({ properties }) => properties).filter((properties) => isThere(properties, state.year));
  const isKnown = {
    quarter: (quarter) => hasFigures({ period: `${state.year}-Q${quarter}`, nationality: "" }),
    nationality: (nationality) => hasFigures({ period: periodOf(state), nationality }),
    route: (slug) => there.some(({ route }) => route === slug),
    mode: (word) => there.some(({ mode }) => mode === word),
  };
  const year = { quarter: String(state.year), route: String(state.year), mode: String(state.year), nationality: periodSaid() };
  for (const [name, known] of Object.entries(isKnown)) {
    for (const option of named(name)?.options ?? []) {
      if (!option.value) continue;
      option.dataset.name ??= option.textContent;
      const choice = option.dataset.name;
      option.textContent = known(option.value)
        ? choice
        : content.words.withoutData.replace("{choice}", choice).replace("{period}", year[name]);
    }
  }
}

function listenToControls(map) {
  controls.hidden = false;
  controls.querySelector("details").open = window.matchMedia("(min-width: 56rem)").matches;
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("input", ({ target }) => {
    if (target.name === "speed") show({ speed: Number(target.value) });
    else if (target.name === "year") show({ year: Number(target.value), playing: false });
    else if (target.name === "layer") show({ off: [...controls.querySelectorAll('[name="layer"]:not(:checked)')].map(({ value }) => value) });
    else if (target.name === "route") show({ route: target.value, place: "" });
    else show({ [target.name]: target.value });
  });
  controls.addEventListener("click", ({ target }) => {
    const step = target.closest("[data-step]")?.dataset.step;
    if (step === "play") show({ playing: !state.playing });
    else if (step === "back" || step === "on") show({ ...steppedBy(step === "on" ? 1 : -1), playing: false });
    else if (step === "full") toggleFullScreen();
  });
  offerFullScreen(map);
}

const steppedBy = (steps) => stepped(state, steps, { first, last }, hasQuarters);

function offerFullScreen(map) {
  const button = controls.querySelector('[data-step="full"]');
  button.hidden = !document.fullscreenEnabled;
  document.addEventListener("fullscreenchange", () => {
    button.setAttribute("aria-pressed", String(document.fullscreenElement === stage));
    map.invalidateSize();
  });
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen();
}

let timer = 0;

function goOn() {
  window.clearTimeout(timer);
  if (state.playing) timer = window.setTimeout(() => show(steppedBy(1)), STEP_MS / state.speed);
}

/* The one way in which anything changes. */

let show = () => {};

async function begin() {
  const map = await started.get(root);
  listenToControls(map);
  map.invalidateSize({ pan: false, animate: false }); // the bar has taken its room: a view from a link stays where it is
  const choose = (change) => show({ ...change, playing: false });
  const lines = await drawLines(map, content.layers, {
    colours: Object.fromEntries(content.routes.map(({ slug, colour }) => [slug, colour])),
    name: ({ id, properties }) => {
      const mark = content.narrower.includes(id) ? [content.words.narrower] : [];
      const said = [content.words.modes[properties.mode], content.words.confidence[properties.confidence], ...mark].join(content.words.comma);
      return `${routeBySlug.get(properties.route).name}: ${properties.name} (${said})`;
    },
    choose: (route) => choose({ route: state.route === route ? "" : route, place: "" }),
  });
  const facts = createFacts(stage.querySelector('[data-routes="facts"]'), content, lines, choose);
  const twin = createTwin(document.querySelector(".twin"), content);
  const known = {
    first, last, routes: [...routeBySlug.keys()], places: [...facts.stopById.keys()].filter((id) => id in content.places),
    nationalities: Object.keys(content.nationalities), layers: Object.keys(content.layerNames),
  };
  const routesAt = (place) =>
    new Set(lines.segments.filter(({ properties }) => properties.stops.includes(Number(place.slice(5)))).map(({ properties }) => properties.route));

  show = (change) => {
    Object.assign(state, change);
    if (!hasQuarters(state.year)) state.quarter = "";
    if (content.nationality && state.nationality !== content.nationality) return askAgain();
    const here = state.place ? routesAt(state.place) : new Set();
    lines.paint((feature) => look(feature, here));
    const gone = lines.stops.filter(({ properties }) => state.off.includes(properties.layer) || !isThere(properties, state.year));
    map.fire("imap:places", { hidden: new Set(gone.map(({ id }) => id)) });
    for (const path of root.querySelectorAll("[data-place]")) {
      path.setAttribute("aria-pressed", String(path.dataset.place === state.place));
    }
    facts.tell({ ...state, period: periodOf(state), isKnown: hasFigures(moment()), said: periodSaid() });
    twin.tell(state.nationality);
    markChoices(lines.segments);
    fillControls();
    writeLink();
    goOn();
    return undefined;
  };

  /** The page was asked for one nationality alone: its tables hold no other figures. */
  function askAgain() {
    const address = new URL(window.location.href);
    address.searchParams.delete("nationality");
    address.hash = writtenLink(state, { ...map.getCenter(), zoom: map.getZoom() });
    window.location.assign(address);
  }

  function writeLink() {
    if (keepsLink) window.history.replaceState(null, "", writtenLink(state, { ...map.getCenter(), zoom: map.getZoom() }));
  }

  const follow = () => {
    const { change, view } = readLink(keepsLink ? window.location.hash : "", known);
    if (view) map.setView([view[0], view[1]], view[2], { animate: false });
    show(change);
  };
  map.on("moveend", writeLink);
  window.addEventListener("hashchange", follow);
  root.addEventListener("imap:place", ({ detail }) => choose({ place: state.place === detail ? "" : detail, route: "" }));
  follow();
  map.fire("imap:obstacles", { points: lines.points });
  stage.classList.add("is-ready");
  return { map, show: (change) => show({ playing: false, ...change }) };
}

/** Once everything is drawn: {map, show}, where `show` takes a change of the state, such as {year: 2011, route: "…"}. */
export const ready = begin().catch((fault) => {
  stage.querySelector('[data-routes="facts"]').textContent = content.words.failed;
  throw fault;
});
