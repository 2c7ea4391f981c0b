// One picture of a page: nothing is asked for until it has stood still in sight for a moment.
import {html, useEffect, useState} from '../vendor/preact.js';
import {keptPicture, loadPicture, otherSize} from './pictures.js';

const STILL = 90;

export function Picture({path, alt}) {
  const [shown, setShown] = useState({url: keptPicture(path) ?? otherSize(path)});
  useEffect(() => {
    const abort = new AbortController();
    const load = () => loadPicture(path, abort.signal).then(
      (url) => setShown({url}),
      (error) => abort.signal.aborted || setShown((old) => ({...old, error})),
    );
    const timer = keptPicture(path) ? load() : setTimeout(load, STILL);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [path]);
  if (shown.url) return html`<img src=${shown.url} alt=${alt} draggable=${false} />`;
  if (shown.error) return html`<span class="unshown small">${shown.error.message}</span>`;
  return html`<span class="unseen">Loading ${alt}</span>`;
}
