// Small pictures of all pages beside the viewer; as there, only those in sight exist.
import {html, useEffect, useRef, useState} from '../vendor/preact.js';
import {useSize} from '../core/hooks.js';
import {clock} from '../core/format.js';
import {Picture} from './picture.js';

const ROW = 132;

export function Thumbs({pages, source, current, onPick}) {
  const box = useRef();
  const {height} = useSize(box);
  const [top, setTop] = useState(0);
  const at = pages.findIndex((page) => page.number === current);
  useEffect(() => {
    const node = box.current;
    if (at * ROW < node.scrollTop || (at + 1) * ROW > node.scrollTop + node.clientHeight) {
      node.scrollTop = at * ROW - node.clientHeight / 3;
    }
  }, [at]);
  const first = Math.max(0, Math.floor(top / ROW));
  const shown = pages.slice(first, Math.ceil((top + height) / ROW));
  return html`<nav class="thumbs" aria-label="Pages" ref=${box} onScroll=${(event) => setTop(event.currentTarget.scrollTop)}>
    <div style=${{height: `${pages.length * ROW}px`}}>
      ${shown.map((page, index) => html`<button key=${page.number} class="thumb" style=${{top: `${(first + index) * ROW}px`}}
          aria-current=${page.number === current ? 'true' : undefined} aria-label=${`Page ${page.number}`} onClick=${() => onPick(page.number)}>
        <span class="small-page" style=${{aspectRatio: page.width ? `${page.width} / ${page.height}` : '210 / 297'}}><${Picture} path=${source(page, 160)} alt="" /></span>
        <span class="small ${page.problem ? 'danger' : ''}">${page.time == null ? page.number : clock(page.time)}</span></button>`)}
    </div></nav>`;
}
