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
import { periodOf, readLink, stepped, writtenLink } from "./lib/route-moment.js";

const STEP_MS = 1400; // a year at speed 1
const content = JSON.parse(document.getElementById("routes-content").textContent);
const stage = document.querySelector('[data-routes="stage"]');
const controls = stage.querySelector('[data-routes="controls"]');
const root = stage.querySelector(".imap-map");
const [first, last] = content.years;
const routeBySlug = new Map(content.routes.map((route) => [route.slug, route]));
const keepsLink = !stage.closest("[data-embedded]"); // a page that shows this as a part has a link of its own

const state = {
  year: last, quarter: "", route: "", place: "", mode: "", nationality: "", off: [], playing: false, speed: 1,
};

/* What is true of a moment. */

const areaOf = (route) => content.areas[routeBySlug.get(route)?.area] ?? null;
const ofNationality = (route) => areaOf(route)?.nationalities[state.year]?.[state.nationality] ?? null;
const hasQuarters = (year) => Object.values(content.areas).some(({ detections }) => `${year}-Q1` in detections);

function widthOf(route) {
  if (state.nationality) return ofNationality(route)?.[1] ?? null;
  return areaOf(route)?.detections[periodOf(state)]?.width ?? null;
}

function look({ properties }, here) {
  const isOff = state.off.includes(properties.layer) || (state.mode && properties.mode !== state.mode);
  const isAside = state.place ? !here.has(properties.route) : Boolean(state.route) && state.route !== properties.route;
  return {
    isShown: !isOff && (!state.nationality || ofNationality(properties.route) !== null) && isThere(properties, state.year),
    isChosen: state.route === properties.route,
    isAside,
    width: widthOf(properties.route),
  };
}

/* The bar of years. */

const named = (name) => controls.elements[name];

function fillControls() {
  for (const name of ["year", "quarter", "route", "mode", "nationality"]) if (named(name)) named(name).value = state[name];
  for (const box of controls.querySelectorAll('[name="layer"]')) box.checked = !state.off.includes(box.value);
  const written = state.quarter ? content.words.quarter[state.quarter].replace("%(year)s", state.year) : state.year;
  const shown = controls.querySelector("output");
  if (shown.textContent !== String(written)) shown.textContent = written;
  named("year").setAttribute("aria-valuetext", written);
  named("quarter").disabled = !hasQuarters(state.year);
  const play = controls.querySelector('[data-step="play"]');
  play.setAttribute("aria-pressed", String(state.playing));
  play.textContent = state.playing ? content.words.pause : content.words.play;
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
    name: ({ properties }) => {
      const said = [content.words.modes[properties.mode], content.words.confidence[properties.confidence]].join(content.words.comma);
      return `${routeBySlug.get(properties.route).name}: ${properties.name} (${said})`;
    },
    choose: (route) => choose({ route: state.route === route ? "" : route, place: "" }),
  });
  const facts = createFacts(stage.querySelector('[data-routes="facts"]'), content, lines, choose);
  const known = {
    first, last, routes: [...routeBySlug.keys()], places: [...facts.stopById.keys()].filter((id) => id in content.places),
    nationalities: Object.keys(content.nationalities), layers: Object.keys(content.layerNames),
  };
  const routesAt = (place) =>
    new Set(lines.segments.filter(({ properties }) => properties.stops.includes(Number(place.slice(5)))).map(({ properties }) => properties.route));

  show = (change) => {
    Object.assign(state, change);
    if (!hasQuarters(state.year)) state.quarter = "";
    const here = state.place ? routesAt(state.place) : new Set();
    lines.paint((feature) => look(feature, here));
    const gone = lines.stops.filter(({ properties }) => state.off.includes(properties.layer) || !isThere(properties, state.year));
    map.fire("imap:places", { hidden: new Set(gone.map(({ id }) => id)) });
    for (const path of root.querySelectorAll("[data-place]")) {
      path.setAttribute("aria-pressed", String(path.dataset.place === state.place));
    }
    facts.tell({ ...state, period: periodOf(state) });
    fillControls();
    writeLink();
    goOn();
  };

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
