/**
 * Lines whose ends come to lie on a hub or another stop, where they come near one: in django-leaflet's widget.
 *
 *   <div data-stops="/secretariat/routes/stop/positions/">…the widget…</div>   answers {"stops": [{name, lon, lat}, …]}
 *
 * Leaflet is the global L and takes latitude first. Leaflet.Draw tells of what was drawn by events of the map; these
 * listeners are there before the widget's own, so that what it keeps has snapped already.
 */

const NEAR_PX = 14;
const DOT_PX = 4;

/** The stop that lies nearest to a place on the screen, if one is near. */
function nearest(map, latLng, stops) {
  const at = map.latLngToContainerPoint(latLng);
  let found = null;
  let least = NEAR_PX;
  for (const stop of stops) {
    const away = at.distanceTo(map.latLngToContainerPoint(stop));
    if (away <= least) [found, least] = [stop, away];
  }
  return found;
}

/** Moves both ends of a line onto the stops that are near them. Whether anything moved. */
function snap(map, line, stops) {
  if (!(line instanceof L.Polyline) || line instanceof L.Polygon) return false;
  const points = line.getLatLngs();
  let hasMoved = false;
  for (const index of [0, points.length - 1]) {
    const stop = nearest(map, points[index], stops);
    if (stop && !stop.equals(points[index], 0)) {
      points[index] = L.latLng(stop.lat, stop.lng);
      hasMoved = true;
    }
  }
  if (hasMoved) line.setLatLngs(points);
  return hasMoved;
}

async function stopsAt(address, map) {
  const answer = await fetch(address);
  if (!answer.ok) return [];
  const { stops } = await answer.json();
  return stops.map(({ name, lon, lat }) => {
    const latLng = L.latLng(lat, lon);
    L.circleMarker(latLng, { className: "snapping-stop", radius: DOT_PX, interactive: true }).bindTooltip(name).addTo(map);
    return latLng;
  });
}

window.addEventListener("map:init", ({ detail: { map } }) => {
  const root = map.getContainer().closest("[data-stops]");
  if (!root) return;
  let stops = [];
  map.on("draw:created", ({ layer }) => snap(map, layer, stops));
  map.on("draw:edited", ({ layers }) => layers.eachLayer((layer) => snap(map, layer, stops)));
  map.on("draw:editvertex", ({ poly }) => {
    if (snap(map, poly, stops)) poly.editing.updateMarkers();
  });
  stopsAt(root.dataset.stops, map).then((found) => {
    stops = found;
    root.dataset.stopsReady = String(found.length);
  });
});
