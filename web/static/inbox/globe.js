// A place as a picture that asks nobody: the globe's lines of latitude and longitude as seen from above it. Pure.

const RADIUS = 46;
const STEP = 30;
const FINE = 6;
const rad = (degrees) => (degrees * Math.PI) / 180;

/** Where a point is on the disc that is seen from above (`lat0`, `lon0`); null on the far side. Orthographic. */
export function seen(lat, lon, lat0, lon0) {
  const [a, b, d] = [rad(lat), rad(lat0), rad(lon - lon0)];
  if (Math.sin(b) * Math.sin(a) + Math.cos(b) * Math.cos(a) * Math.cos(d) < 0) return null;
  const x = Math.cos(a) * Math.sin(d);
  const y = Math.cos(b) * Math.sin(a) - Math.sin(b) * Math.cos(a) * Math.cos(d);
  return [50 + RADIUS * x, 50 - RADIUS * y];
}

function path(points) {
  let d = "";
  let isDown = false;
  for (const point of points) {
    if (point) d += `${isDown ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    isDown = point !== null;
  }
  return d;
}

const range = (from, to, step) => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

/** The lines of the globe from above a place, as one path of a picture of 100 by 100. */
export function lines(lat0, lon0) {
  const parallels = range(-60, 60, STEP).map((lat) => path(range(-180, 180, FINE).map((lon) => seen(lat, lon, lat0, lon0))));
  const meridians = range(-180, 150, STEP).map((lon) => path(range(-90, 90, FINE).map((lat) => seen(lat, lon, lat0, lon0))));
  return [...parallels, ...meridians].join("");
}

/** ``45.07030° N, 7.68690° E``. */
export const written = (lat, lon) => `${Math.abs(lat).toFixed(5)}° ${lat < 0 ? "S" : "N"}, ${Math.abs(lon).toFixed(5)}° ${lon < 0 ? "W" : "E"}`;

/** Where a map shows it: only who presses that tells anybody of the place. */
export const onMap = (lat, lon) => `https://www.openstreetmap.org/?mlat=${lat.toFixed(5)}&mlon=${lon.toFixed(5)}#map=16/${lat.toFixed(5)}/${lon.toFixed(5)}`;
