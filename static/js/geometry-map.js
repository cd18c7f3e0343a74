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

/**
 * What is seen on the map is what the page's Save saves: each move is written into the form at once, and what is still
 * being drawn or taken away is ended when the form is sent. The map's own tools can only be left, or undone.
 */
function saveWhatIsSeen(map, field) {
  const { done } = map.getContainer().closest("[data-done]")?.dataset ?? {};
  if (done) L.drawLocal.edit.toolbar.actions.save = { title: done, text: done };
  const write = () => field.store.save(field.drawnItems);
  map.on("draw:editvertex draw:editmove draw:editresize draw:editstop draw:deletestop", write);
  field.drawnItems.eachLayer((layer) => layer.on("dragend", write)); // a point's marker
  map.on("draw:created", ({ layer }) => layer.on("dragend", write));
  const form = field.store.formfield.form;
  form?.addEventListener("submit", () => endTools(map[`drawControl${field.options.fieldid}`]), { capture: true });
}

function endTools(control) {
  const { edit, draw } = control?._toolbars ?? {};
  if (edit?.enabled()) edit._save();
  draw?._activeMode?.handler.completeShape?.();
}

window.addEventListener("map:init", ({ detail: { map } }) => {
  map.on("map:loadfield", ({ field }) => saveWhatIsSeen(map, field));
  const { basemap, images } = map.getContainer().closest("[data-basemap]")?.dataset ?? {};
  if (images) L.Icon.Default.imagePath = images; // Leaflet would guess it from its style sheet, whose names are hashed
  map.maxZoom = CLOSE_ENOUGH; // what the widget asks when it first shows a place
  if (basemap) drawWorld(map, basemap);
});
