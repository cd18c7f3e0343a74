/**
 * The portal's own map of the world under django-leaflet's widget, which would want a tile server otherwise.
 *
 *   <div data-basemap="/basemap/….json" data-images="/static/leaflet/images/">…the widget…</div>
 *
 * Leaflet is the global L. The widget tells of its map by the window's `map:init`, after this module has run.
 */

import { decode } from "./lib/topology.js";

const CLOSE_ENOUGH = 5; // a place among its neighbours; the reader may go closer

async function drawWorld(map, address) {
  const answer = await fetch(address);
  if (!answer.ok) return;
  const { countries, lines } = decode(await answer.json());
  const pane = map.createPane("world");
  pane.style.zIndex = 200; // where tiles would be
  const shared = { pane: "world", interactive: false, smoothFactor: 0, renderer: L.svg({ pane: "world", padding: 0.6 }) };
  for (const feature of countries) L.geoJSON(feature, { ...shared, style: { className: "world-land" } }).addTo(map);
  for (const feature of lines) {
    L.geoJSON(feature, { ...shared, style: { className: `world-line is-${feature.properties.kind}`, fill: false } }).addTo(map);
  }
}

window.addEventListener("map:init", ({ detail: { map } }) => {
  const { basemap, images } = map.getContainer().closest("[data-basemap]")?.dataset ?? {};
  if (images) L.Icon.Default.imagePath = images; // Leaflet would guess it from its style sheet, whose names are hashed
  map.maxZoom = CLOSE_ENOUGH; // what the widget asks when it first shows a place
  if (basemap) drawWorld(map, basemap);
});
