// Pictures of pages: fetched with the key, shown as blob URLs, the ones looked at last kept.
import {ask} from '../core/api.js';

const KEPT = 24;
const urls = new Map();

export const picturePath = (job, document, page, width, time) =>
  `/v1/jobs/${job.id}/documents/${document}/pages/${page.number}.jpg?width=${width}${time == null ? '' : `&time=${time}`}`;

export function keptPicture(path) {
  const url = urls.get(path);
  if (url) {
    urls.delete(path);
    urls.set(path, url);
  }
  return url;
}

// The same page at another size, to be shown until the right one has come.
export function otherSize(path) {
  const page = path.replace(/width=\d+/, 'width=');
  const found = [...urls.keys()].filter((one) => one.replace(/width=\d+/, 'width=') === page);
  return found.length ? urls.get(found.at(-1)) : undefined;
}

// Returns the URL of a picture; throws Problem, or AbortError.
export async function loadPicture(path, signal) {
  const kept = keptPicture(path);
  if (kept) return kept;
  const blob = await (await ask(path, {signal})).blob();
  const url = URL.createObjectURL(blob);
  urls.set(path, url);
  while (urls.size > KEPT) {
    const [oldest, gone] = urls.entries().next().value;
    urls.delete(oldest);
    URL.revokeObjectURL(gone);
  }
  return url;
}

export function forgetPictures() {
  for (const url of urls.values()) URL.revokeObjectURL(url);
  urls.clear();
}

const WIDTHS = [160, 320, 640, 960, 1280, 1920, 2560];

// The width to ask for, so that a picture of so many CSS pixels is sharp on this screen.
export function goodWidth(width) {
  const wanted = width * Math.min(2, devicePixelRatio || 1);
  return WIDTHS.find((one) => one >= wanted * 0.95) ?? WIDTHS.at(-1);
}
