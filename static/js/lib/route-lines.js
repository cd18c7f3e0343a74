/** Draws the segments of route maps: lines that can be chosen, and the flow along them. */

const UNKNOWN_WIDTH = 2; // pixels: a route without a figure
const NEAR_ZOOM = 4; // beyond it the far lines show their corners

async function linesAt(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  const { features } = await answer.json();
  return features;
}

const latLngs = ({ coordinates }) => coordinates.map(([lon, lat]) => [lat, lon]);

/**
 * Draws the lines of the file for far views, and takes those of the near one once the map is close.
 *
 * addresses: {zoom: address of GeoJSON}; colours: {route: word}, of the routes that are wanted of the file; name: feature → what a reader is told of it.
 * Returns {segments, stops, points, paint}: features of GeoJSON, points close to one another along all lines as
 * [lat, lon], and `paint(look)`, where look(feature) says
 * {isShown, isChosen, isAside, width | null} of each segment.
 */
export async function drawLines(map, addresses, { colours, name, choose }) {
  const zooms = Object.keys(addresses).map(Number).sort((one, other) => one - other);
  const features = await linesAt(addresses[zooms[0]]);
  const segments = features.filter(({ properties }) => properties.kind === "segment" && properties.route in colours);
  const pane = map.createPane("routes");
  pane.style.zIndex = 450; // above the lines of countries, below places and names
  const renderer = L.svg({ pane: "routes", padding: 0.6 });
  const drawn = new Map(segments.map((feature) => [feature.id, drawLine(map, renderer, feature, { colours, name, choose })]));
  takeNearLines(map, drawn, addresses[zooms.at(-1)]);
  return {
    segments,
    stops: features.filter(({ properties }) => properties.kind === "stop"),
    points: segments.flatMap(({ geometry }) => closely(latLngs(geometry))),
    paint(look) {
      for (const each of drawn.values()) paintLine(each, look(each.feature));
    },
  };
}

const CLOSE_DEG = 0.4;

/** The line with points between its own, so that none is farther than CLOSE_DEG from the next. */
function closely(line) {
  return line.flatMap(([lat, lon], index) => {
    const [nextLat, nextLon] = line[index + 1] ?? [lat, lon];
    const parts = Math.max(1, Math.ceil(Math.max(Math.abs(nextLat - lat), Math.abs(nextLon - lon)) / CLOSE_DEG));
    return Array.from({ length: parts }, (_, part) => [lat + ((nextLat - lat) * part) / parts, lon + ((nextLon - lon) * part) / parts]);
  });
}

function drawLine(map, renderer, feature, { colours, name, choose }) {
  const { route, mode, confidence } = feature.properties;
  const shared = { pane: "routes", renderer, smoothFactor: 0.5 };
  const points = latLngs(feature.geometry);
  const colour = `is-${colours[route]}`;
  const line = L.polyline(points, { ...shared, className: `route-segment ${colour} is-${mode} is-${confidence}` }).addTo(map);
  const flow = L.polyline(points, { ...shared, interactive: false, className: `route-flow ${colour}` }).addTo(map);
  const path = line.getElement();
  const attributes = { tabindex: "0", role: "button", "data-route": route, "data-segment": feature.id, "aria-label": name(feature) };
  for (const [key, value] of Object.entries(attributes)) path.setAttribute(key, value);
  line.on("click", () => choose(route));
  path.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(route);
  });
  return { feature, line, flow, path };
}

function paintLine({ line, flow, path }, { isShown, isChosen, isAside, width }) {
  const weight = width ?? UNKNOWN_WIDTH;
  line.setStyle({ weight });
  flow.setStyle({ weight: Math.max(1, weight * 0.35) });
  path.classList.toggle("is-gone", !isShown);
  path.classList.toggle("is-unknown", width === null);
  path.classList.toggle("is-chosen", isChosen);
  path.classList.toggle("is-aside", isAside);
  path.setAttribute("tabindex", isShown ? "0" : "-1");
  path.setAttribute("aria-pressed", String(isChosen));
  flow.getElement().classList.toggle("is-gone", !isShown || isAside);
}

/** The far lines stay until the near ones are there; without them the reader keeps what there is. */
function takeNearLines(map, drawn, address) {
  const take = async () => {
    if (map.getZoom() <= NEAR_ZOOM) return;
    map.off("zoomend", take);
    for (const { id, geometry } of await linesAt(address)) {
      const each = drawn.get(id);
      if (!each) continue;
      each.line.setLatLngs(latLngs(geometry));
      each.flow.setLatLngs(latLngs(geometry));
    }
  };
  map.on("zoomend", take);
  take();
}
