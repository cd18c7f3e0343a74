/**
 * The map of a page: countries, their lines and names, towns and hubs, over the base map of `atlas.shapes`.
 *
 *   <div class="imap-map" data-basemap="/…/basemap.json" data-content="map-content">
 *     <ul class="imap-fallback">…</ul>      shown until the map is drawn, and where there is no JavaScript
 *   </div>
 *   <script type="application/json" id="map-content">…</script>
 *
 * Content:
 *   bounds      [[south, west], [north, east]], what to show at first
 *   countries   {code: {name, href | null, roles: ["covered", "partner", …], note | "", isNarrower?}}; codes as in the
 *               base map; what is narrower leads to what not every reader of the page may read, as its note says
 *   places      [{name, lat, lon, kind: "hub" | "town", href | null, id?, note?, isNarrower?}]; one with an id is chosen, not
 *               opened: the map's own element then hears `imap:place` with that id in its detail
 *   labels      [{name, at: [[lat, lon], …], className}]: names without a dot, such as those of routes, at the first of
 *               these points where they keep off what `imap:obstacles` of the map lists in `points`
 *   zooms       {hub, town}: from which zoom their dots and names are shown
 *   highlights  {dialogue: [code, …]}: what a list item [data-dialogue] of the page lights up while pointed at
 *   words       {map, help, zoomIn, zoomOut, failed}: the interface's words in the page's language
 *   disclaimer  the text on borders and names
 *   source      whose shapes these are ("Natural Earth")
 * All but `bounds` and `countries` may be missing. Names are written as given, footnote asterisk included.
 *
 * Leaflet is the global L, loaded before this module. Leaflet takes (lat, lon), GeoJSON (lon, lat).
 */

import { decode } from "./lib/topology.js";

const ZOOM = { most: 7, snap: 0.25, hub: 3.5, town: 5 };
/** How much wider than its country a name may be, up to a zoom level: names of small states wait for closer views. */
const NAME_OVERHANG = [[3.5, 1.1], [4.5, 1.5], [5.5, 2.5], [Infinity, 12]];
const PAN_STEP = 90; // pixels
const NARROWER = "\u25c7"; // beside names that lead to what not every reader may read; static/css/portal.css draws it in lists
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const fingers = window.matchMedia("(pointer: coarse)").matches;

function element(tag, className, parent, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

const shownName = ({ name, isNarrower }) => (isNarrower ? `${name} ${NARROWER}` : name);
const spokenName = ({ name, note, isNarrower }) => (isNarrower ? `${name}, ${note}` : name);
const isRightToLeft = (node) => getComputedStyle(node).direction === "rtl";

/* The frame: canvas, caption and disclaimer, one under the other. */

function buildFrame(root, { words = {}, disclaimer = "", source = "" }) {
  const id = root.dataset.content;
  const canvas = element("div", "imap-canvas", root, {
    dir: "ltr", tabindex: "0", role: "region", "aria-label": words.map ?? "", "aria-describedby": `${id}-help`,
  });
  const caption = element("p", "imap-caption", root, { "aria-live": "polite" });
  element("p", "imap-help", root, { id: `${id}-help` }).textContent = words.help ?? "";
  const note = element("p", "imap-disclaimer", root);
  note.textContent = [disclaimer, source].filter(Boolean).join(" ");
  return { canvas, caption };
}

function createMap(canvas, words, rightToLeft) {
  const map = L.map(canvas, {
    attributionControl: false, zoomControl: false, keyboard: false, boxZoom: false, maxZoom: ZOOM.most,
    zoomSnap: ZOOM.snap, maxBoundsViscosity: 1, dragging: !fingers, inertia: !still,
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still,
  });
  L.control.zoom({
    position: rightToLeft ? "topright" : "topleft", zoomInTitle: words.zoomIn ?? "+", zoomOutTitle: words.zoomOut ?? "−",
  }).addTo(map);
  for (const [name, level] of [["sea", 200], ["land", 300], ["lines", 400], ["places", 500], ["names", 600]]) {
    map.createPane(name).style.zIndex = level;
  }
  map.getPane("names").classList.add("leaflet-zoom-hide");
  return map;
}

/** Shows the content's bounds as far as they fit; what lies beyond the base map is never seen. */
function frameView(map, content, [west, south, east, north]) {
  const world = L.latLngBounds([south, west], [north, east]); // (lat, lon)
  const wanted = L.latLngBounds(content.bounds);
  let fitting = true;
  let turned = false; // the reader has chosen a view
  const fit = () => {
    fitting = true;
    map.stop();
    map.setMaxBounds(null); // while they hold, every step of the fitting would be followed by an animated correction
    map.options.minZoom = 0; // setMinZoom would zoom, animated, and getBoundsZoom keeps within it
    const all = map.getBoundsZoom(wanted, false);
    map.options.minZoom = map.getBoundsZoom(world, true);
    map.options.maxBounds = world; // setView keeps its centre within them
    if (!turned) map.setView(middleOf(map, wanted), Math.max(map.options.minZoom, all), { animate: false });
    map.setMaxBounds(world);
    map.fire("zoomlevelschange");
    fitting = false;
  };
  map.setView(wanted.getCenter(), 3, { animate: false });
  fit();
  map.on("resize", fit);
  map.on("dragstart zoomstart", () => { turned = turned || !fitting; });
  new ResizeObserver(() => map.invalidateSize({ pan: false, animate: false })).observe(map.getContainer());
}

/** On paper the map has another size than on the screen, which no observer tells in time. */
function fitOnPaper(map, root) {
  const setPrinting = (isPrinting) => {
    root.classList.toggle("is-printing", isPrinting);
    map.invalidateSize({ pan: false, animate: false });
  };
  window.addEventListener("beforeprint", () => setPrinting(true));
  window.addEventListener("afterprint", () => setPrinting(false));
}

/** The middle of the bounds as they look on the map, not of their latitudes. */
function middleOf(map, wanted) {
  const [one, other] = [map.project(wanted.getSouthWest()), map.project(wanted.getNorthEast())];
  return map.unproject(one.add(other).divideBy(2));
}

/* Countries and lines. */

/** The largest polygon of a feature, as {width, height, area} in degrees: how much room its name has. */
function room({ geometry }) {
  let best = { area: 0 };
  for (const [outline] of geometry.coordinates) {
    let [west, south, east, north] = [180, 90, -180, -90];
    for (const [lon, lat] of outline) {
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    }
    const area = (east - west) * (north - south);
    if (area > best.area) best = { area, west, south, east, north };
  }
  return best;
}

function drawLand(map, topology, content) {
  const { countries, lines } = decode(topology);
  const [west, south, east, north] = topology.bbox;
  const plain = { interactive: false, smoothFactor: 0 };
  L.rectangle([[south, west], [north, east]], { ...plain, pane: "sea", className: "imap-sea" }).addTo(map);
  // smoothFactor 0: Leaflet would simplify each country by itself, and neighbours would part.
  const renderer = L.svg({ pane: "land", padding: 0.6 });
  const byName = new Intl.Collator(document.documentElement.lang || undefined);
  const known = ({ properties }) => content.countries[properties.code];
  countries.sort((one, other) => byName.compare(known(one)?.name ?? "", known(other)?.name ?? ""));
  const drawn = countries.map((feature) => {
    const country = known(feature);
    const classes = ["imap-country", ...(country?.roles ?? []).map((role) => `is-${role}`)];
    const layer = L.geoJSON(feature, {
      pane: "land", renderer, smoothFactor: 0, interactive: Boolean(country), className: classes.join(" "), bubblingMouseEvents: true,
    }).addTo(map).getLayers()[0];
    layer.getElement().setAttribute("data-code", feature.properties.code);
    return { code: feature.properties.code, country, layer, label: feature.properties.label, room: room(feature) };
  });
  const strokes = L.svg({ pane: "lines", padding: 0.6 });
  for (const feature of lines) {
    L.geoJSON(feature, {
      ...plain, pane: "lines", renderer: strokes, style: { className: `imap-line is-${feature.properties.kind}` },
    }).addTo(map);
  }
  return drawn;
}

/** Makes a drawn shape a link for the pointer, the finger and the keyboard; pointing at it tells the caption. */
function makeLink(map, layer, subject, at, caption) {
  const path = layer.getElement();
  if (subject.id) path.setAttribute("data-place", subject.id);
  if (!fingers) {
    layer.on("mousemove", () => caption.point(subject)); // not mouseover: it comes when the map moves, too
    layer.on("mouseout", () => caption.point(null));
  }
  if (!subject.href && !subject.id) {
    layer.on("click", () => caption.tap(subject));
    return;
  }
  const role = subject.href ? "link" : "button";
  for (const [key, value] of Object.entries({ tabindex: "0", role, "aria-label": spokenName(subject) })) {
    path.setAttribute(key, value);
  }
  path.classList.add("is-link");
  path.classList.toggle("is-narrower", Boolean(subject.isNarrower));
  const open = (event) => {
    if (!subject.href) choose(map, subject);
    else if (event.ctrlKey || event.metaKey) window.open(subject.href, "_blank", "noopener");
    else window.location.assign(subject.href);
  };
  layer.on("click", ({ originalEvent }) => {
    const tappedBefore = fingers && caption.tap(subject);
    if (!fingers || tappedBefore || !subject.href) open(originalEvent); // a finger cannot hover: its first tap tells
  });
  path.addEventListener("focus", () => {
    caption.focus(subject);
    if (path.matches(":focus-visible")) map.panInside(at, { padding: [60, 60], animate: !still });
  });
  path.addEventListener("blur", () => caption.focus(null));
  path.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && !(role === "button" && event.key === " ")) return;
    event.preventDefault();
    open(event);
  });
}

function choose(map, { id }) {
  map.getContainer().closest(".imap-map").dispatchEvent(new CustomEvent("imap:place", { detail: id }));
}

/** The line under the map: what the pointer is on, else what the keyboard is on, else what was tapped. */
function createCaption(node, words) {
  const now = { pointed: null, focused: null, tapped: null };
  let shown = null;
  const write = () => {
    const subject = now.pointed ?? now.focused ?? now.tapped;
    if (subject === shown) return;
    shown = subject;
    node.replaceChildren();
    if (!subject) return;
    const { name, note, href } = subject;
    const title = document.createElement(href ? "a" : "b");
    title.textContent = name;
    if (href) title.href = href;
    node.append(title);
    if (note) node.append(" ", Object.assign(document.createElement("span"), { textContent: note }));
  };
  return {
    point(subject) {
      now.pointed = subject;
      write();
    },
    focus(subject) {
      now.focused = subject;
      now.pointed = null;
      write();
    },
    /** True at the second tap on the same. */
    tap(subject) {
      const again = now.tapped === subject;
      now.tapped = subject;
      write();
      return again;
    },
    fail() {
      node.textContent = words.failed ?? "";
    },
  };
}

/* Places. */

/** `imap:places` with `hidden`, a set of ids, takes those away: a place that was not on the routes yet. */
function drawPlaces(map, places, zooms, caption) {
  const renderer = L.svg({ pane: "places", padding: 0.6 });
  let hidden = new Set();
  const drawn = places.map((place) => {
    const at = L.latLng(place.lat, place.lon);
    const layer = L.circleMarker(at, {
      pane: "places", renderer, radius: place.kind === "hub" ? 4.5 : 3, className: `imap-place is-${place.kind}`,
    }).addTo(map);
    makeLink(map, layer, place, at, caption);
    return { place, at, layer, isShown: () => map.getZoom() >= zooms[place.kind] && !hidden.has(place.id) };
  });
  const show = () => {
    for (const { layer, isShown } of drawn) layer.getElement().classList.toggle("is-out", !isShown());
  };
  map.on("zoomend", show);
  map.on("imap:places", (event) => {
    hidden = event.hidden;
    show();
  });
  show();
  return drawn;
}

/* Names. */

function nameOf(map, text, className) {
  const node = element("span", `imap-name ${className}`, map.getPane("names"), { dir: "auto", "aria-hidden": "true" });
  node.textContent = text;
  return node;
}

/**
 * Names in the order in which they may take their place: covered before others, larger before smaller, then places.
 * On a map with labels of its own these come first, and hubs before countries.
 */
function collectNames(map, drawn, places, labels, rightToLeft) {
  const named = drawn.filter(({ country }) => country?.name);
  const rank = ({ country, room: { area } }) => (country.roles?.length ? 1e6 : 0) + area;
  named.sort((one, other) => rank(other) - rank(one));
  const countries = named.map(({ country, label: [lon, lat], room: box }) => ({
    node: nameOf(map, shownName(country), country.roles?.length ? "is-covered" : ""),
    at: L.latLng(lat, lon),
    fits(width) {
      const pixels = map.project([box.south, box.east]).x - map.project([box.south, box.west]).x;
      return width <= pixels * NAME_OVERHANG.find(([zoom]) => map.getZoom() < zoom)[1];
    },
    corners: (x, y, width, height) => SHIFTS.map((shift) => [x - width / 2, y - height / 2 + shift]),
  }));
  const spots = places.map(({ place, at, isShown }) => ({
    node: nameOf(map, shownName(place), `is-${place.kind}`),
    at,
    fits: isShown,
    corners(x, y, width, height) {
      const sides = [[x + 8, y - height / 2], [x - width - 8, y - height / 2]];
      return rightToLeft ? sides.reverse() : sides;
    },
    dot: () => (isShown() ? 5 : 0),
    isHub: place.kind === "hub",
  }));
  const hubs = spots.filter(({ isHub }) => isHub);
  const towns = spots.filter(({ isHub }) => !isHub);
  if (!labels.length) return [...countries, ...hubs, ...towns];
  const own = labels.map(({ name, at, className }) => ({
    node: nameOf(map, name, className),
    at: L.latLng(at[0]),
    fits: () => true,
    corners: (x, y, width, height) => at.flatMap((point) => besides(map.latLngToLayerPoint(point), width, height)),
    keepsOff: true,
  }));
  return [...own, ...hubs, ...countries, ...towns];
}

/** Where a name may stand that belongs to a point of a line: at each side of it, near, then farther off. */
const besides = ({ x, y }, width, height) => [12, 30].flatMap((off) => [
  [x + off, y - height / 2], [x - width - off, y - height / 2], [x - width / 2, y + off], [x - width / 2, y - height - off],
]);

const GAP = 3; // pixels kept free round a name
const SHIFTS = [0, -14, 14]; // pixels by which a country's name may give way

const boxAt = (left, top, width, height, gap) => ({
  left: left - gap, top: top - gap, right: left + width + gap, bottom: top + height + gap,
});

function overlaps(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** What of the map can be seen, and the boxes in it where the buttons stand; in pixels of the layers. */
function openRoom(map) {
  const at = map.containerPointToLayerPoint([0, 0]);
  const { x: width, y: height } = map.getSize();
  const frame = map.getContainer().getBoundingClientRect();
  const buttons = [...map.getContainer().querySelectorAll(".leaflet-bar")].map((bar) => {
    const box = bar.getBoundingClientRect();
    return boxAt(at.x + box.left - frame.left, at.y + box.top - frame.top, box.width, box.height, 0);
  });
  return { view: boxAt(at.x, at.y, width, height, 0), buttons };
}

const holds = (outer, { left, top, right, bottom }) =>
  left >= outer.left && top >= outer.top && right <= outer.right && bottom <= outer.bottom;

/** Writes each name that fits where it belongs, whole, and touches none written before, nor a place's dot or a button. */
function placeNames(map, names, obstacles) {
  const { view, buttons } = openRoom(map);
  const sizes = names.map(({ node }) => [node.offsetWidth, node.offsetHeight]); // read all, then write all
  const points = names.map(({ at }) => map.latLngToLayerPoint(at));
  const dots = names.flatMap(({ dot }, index) => {
    const radius = dot?.();
    return radius ? [boxAt(points[index].x, points[index].y, 0, 0, radius)] : [];
  });
  const taken = [...buttons, ...dots];
  const lines = obstacles.map((point) => map.latLngToLayerPoint(point)).map(({ x, y }) => boxAt(x, y, 0, 0, GAP));
  names.forEach(({ node, fits, corners, keepsOff }, index) => {
    const [width, height] = sizes[index];
    const free = ([left, top]) => {
      const box = boxAt(left, top, width, height, GAP);
      const inTheWay = keepsOff ? [...taken, ...lines] : taken;
      return holds(view, box) && !inTheWay.some((other) => overlaps(box, other));
    };
    const corner = fits(width) && corners(points[index].x, points[index].y, width, height).find(free);
    node.classList.toggle("is-shown", Boolean(corner));
    if (!corner) return;
    taken.push(boxAt(...corner, width, height, 0));
    L.DomUtil.setPosition(node, L.point(corner).round());
  });
}

/* Moving about. */

const PAN = { ArrowUp: [0, -PAN_STEP], ArrowDown: [0, PAN_STEP], ArrowLeft: [-PAN_STEP, 0], ArrowRight: [PAN_STEP, 0] };

/** Leaflet's own keyboard stops working while a country has the focus; this one hears the keys from inside too. */
function listenToKeys(map, canvas) {
  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (PAN[event.key]) map.panBy(PAN[event.key], { animate: !still });
    else if (event.key === "+" || event.key === "=") map.zoomIn();
    else if (event.key === "-" || event.key === "_") map.zoomOut();
    else return;
    event.preventDefault();
  });
}

/** The page keeps its wheel and its fingers until the reader has turned to the map (or holds ctrl). */
function leaveThePageItsScrolling(map, canvas) {
  const turnedTo = () => canvas.contains(document.activeElement);
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !turnedTo()) event.stopImmediatePropagation();
  }, { capture: true, passive: true });
  if (!fingers) return;
  document.addEventListener("click", ({ target }) => {
    const awake = canvas.contains(target);
    map.dragging[awake ? "enable" : "disable"]();
    canvas.classList.toggle("is-awake", awake);
  });
}

/** While a list item [data-dialogue] is pointed at or holds the focus, its dialogue's countries stand out. */
function listenToDialogues(drawn, highlights) {
  const light = (codes) => {
    for (const { code, layer } of drawn) {
      const path = layer.getElement();
      path?.classList.toggle("is-lit", Boolean(codes?.has(code)));
      path?.classList.toggle("is-dim", Boolean(codes && !codes.has(code)));
    }
  };
  for (const item of document.querySelectorAll("[data-dialogue]")) {
    const codes = new Set(highlights[item.dataset.dialogue] ?? []);
    if (!codes.size) continue;
    for (const start of ["pointerenter", "focusin"]) item.addEventListener(start, () => light(codes));
    for (const end of ["pointerleave", "focusout"]) item.addEventListener(end, () => light(null));
  }
}

export async function start(root) {
  const content = JSON.parse(document.getElementById(root.dataset.content).textContent);
  const words = content.words ?? {};
  const rightToLeft = isRightToLeft(root);
  const { canvas, caption: captionNode } = buildFrame(root, content);
  const caption = createCaption(captionNode, words);
  try {
    const response = await fetch(root.dataset.basemap);
    if (!response.ok) throw new Error(`The base map answered ${response.status}.`);
    const topology = await response.json();
    root.classList.add("is-drawn"); // hides the fallback, so that the canvas has its size
    const map = createMap(canvas, words, rightToLeft);
    frameView(map, content, topology.bbox);
    const drawn = drawLand(map, topology, content);
    for (const { country, layer, label: [lon, lat] } of drawn) {
      if (country) makeLink(map, layer, country, L.latLng(lat, lon), caption);
    }
    const places = drawPlaces(map, content.places ?? [], { ...ZOOM, ...content.zooms }, caption);
    const names = collectNames(map, drawn, places, content.labels ?? [], rightToLeft);
    let obstacles = [];
    const write = () => placeNames(map, names, obstacles);
    map.on("imap:obstacles", ({ points }) => {
      obstacles = points;
      write();
    });
    map.on("zoomend moveend resize imap:places", write);
    write();
    document.fonts?.ready.then(write);
    fitOnPaper(map, root);
    listenToKeys(map, canvas);
    leaveThePageItsScrolling(map, canvas);
    listenToDialogues(drawn, content.highlights ?? {});
    return map;
  } catch (fault) {
    canvas.remove();
    caption.fail();
    root.classList.remove("is-drawn");
    root.classList.add("is-failed");
    throw fault;
  }
}

/** Each map of the page → its Leaflet map, once drawn: for modules that draw more on it. */
export const started = new Map(
  [...document.querySelectorAll(".imap-map[data-basemap][data-content]")].map((root) => [root, start(root)]),
);
