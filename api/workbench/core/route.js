// The address says where one is: `#/jobs/ID?page=3`. Filters live in it, so they can be shared.
import {signal} from '../vendor/signals.js';

export const route = signal(parse());

addEventListener('hashchange', () => {
  route.value = parse();
});

export function go(path, query = {}) {
  location.hash = href(path, query);
}

export function href(path, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== '' && value != null);
  const search = new URLSearchParams(kept).toString();
  return `#${path}${search ? `?${search}` : ''}`;
}

// Changes the query in place: no new entry in the history, no jump of the page.
export function setQuery(changes) {
  const {path, query} = route.value;
  history.replaceState(null, '', href(path, {...query, ...changes}));
  route.value = parse();
}

function parse() {
  const [path, search = ''] = location.hash.slice(1).split('?');
  const steps = path.split('/').filter(Boolean).map(decode);
  return {path: path || '/', steps, query: Object.fromEntries(new URLSearchParams(search))};
}

function decode(step) {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
