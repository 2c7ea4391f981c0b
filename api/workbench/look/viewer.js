// The pages of a document under one another: only those in sight exist, and only they are fetched.
import {html, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState} from '../vendor/preact.js';
import {useSize} from '../core/hooks.js';
import {goodWidth} from './pictures.js';
import {Picture} from './picture.js';

const GAP = 12;
const EDGE = 16;
const A4 = 297 / 210;
export const ZOOMS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

// Where each page stands: its top, left, width and height in CSS pixels.
function layOut(pages, width, zoom) {
  const widest = Math.max(...pages.map((page) => page.width), 1);
  let top = EDGE;
  const places = pages.map((page) => {
    const wide = Math.round(width * zoom * (page.width ? page.width / widest : 1));
    const high = Math.round(wide * (page.width ? page.height / page.width : A4));
    const place = {top, width: wide, height: high};
    top += high + GAP;
    return place;
  });
  return {places, height: top - GAP + EDGE, width: Math.round(width * zoom) + 2 * EDGE};
}

// The indexes of the places that lie between two heights.
export function inSight(places, from, to) {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle].top + places[middle].height < from) low = middle + 1;
    else high = middle;
  }
  const seen = [];
  for (let at = low; at < places.length && places[at].top <= to; at += 1) seen.push(at);
  return seen;
}

// Props: pages; source(page, width) → path; marks (all that may be drawn); lit (a mark or null);
// zoom; onZoom; goTo ({page, box?, at}) where to scroll; onPage; onPoint(page, x, y); onPick.
export function Viewer({pages, source, marks, lit, zoom, onZoom, goTo, onPage, onPoint, onPick, label}) {
  const box = useRef();
  const size = useSize(box);
  const [top, setTop] = useState(0);
  const fit = Math.max(120, size.width - 2 * EDGE);
  const {places, height, width} = useMemo(() => layOut(pages, fit, zoom), [pages, fit, zoom]);
  const seen = size.height ? inSight(places, top, top + size.height) : [];

  useKeepPlace(box, height);
  useScrollTo(box, places, pages, goTo, size);
  useWheelZoom(box, zoom, onZoom);
  usePan(box);

  const middle = inSight(places, top + size.height / 3, top + size.height / 3)[0] ?? seen[0];
  useEffect(() => {
    if (middle !== undefined) onPage(pages[middle].number);
  }, [middle, pages]);

  return html`<div class="viewer" ref=${box} tabindex="0" role="region" aria-label=${label}
      onScroll=${(event) => setTop(event.currentTarget.scrollTop)}>
    <div class="pages" style=${{height: `${height}px`, width: `${Math.max(width, size.width)}px`}}>
      ${seen.map((at) => html`<${Leaf} key=${pages[at].number} page=${pages[at]} place=${places[at]}
        left=${Math.max(EDGE, (Math.max(width, size.width) - places[at].width) / 2)}
        source=${source} marks=${marks} lit=${lit} onPoint=${onPoint} onPick=${onPick} />`)}
    </div></div>`;
}

function Leaf({page, place, left, source, marks, lit, onPoint, onPick}) {
  const at = (event) => {
    const frame = event.currentTarget.getBoundingClientRect();
    return [page, (event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height];
  };
  const style = {top: `${place.top}px`, left: `${left}px`, width: `${place.width}px`, height: `${place.height}px`};
  return html`<div class="leaf" style=${style} data-page=${page.number}
      onPointerMove=${(event) => event.pointerType === 'mouse' && onPoint?.(...at(event))}
      onPointerLeave=${() => onPoint?.(null)} onClick=${(event) => onPick?.(...at(event))}>
    <${Picture} path=${source(page, goodWidth(place.width))} alt=${`Page ${page.number}`} />
    ${page.problem && html`<p class="notice warn">${page.problem.message}</p>`}
    <${Overlay} marks=${marks.filter((mark) => mark.page === page.number)} lit=${lit?.page === page.number ? lit : null} />
  </div>`;
}

export function Overlay({marks, lit}) {
  // Several fields may stand on the same words; their boxes are drawn once.
  const boxes = new Map(marks.flatMap((mark) => mark.boxes.map((box) => [`${mark.tone} ${box}`, {box, tone: mark.tone}])));
  return html`<svg class="overlay" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
    ${[...boxes].map(([name, {box, tone}]) => html`<${Mark} key=${name} box=${box} tone=${tone} />`)}
    ${lit && lit.boxes.map((one, at) => html`<${Mark} key=${`lit.${at}`} box=${one} tone=${lit.tone === 'chart' ? 'lit frame' : 'lit'} id=${lit.id} />`)}
  </svg>`;
}

function Mark({box: [x0, y0, x1, y1], tone, id}) {
  return html`<rect class=${tone} data-of=${id} x=${x0} y=${y0} width=${Math.max(0, x1 - x0)} height=${Math.max(0, y1 - y0)} />`;
}

// What was in the middle stays there when the pages grow or shrink.
function useKeepPlace(box, height) {
  const before = useRef(height);
  useLayoutEffect(() => {
    const node = box.current;
    if (before.current !== height && node.scrollTop > 0) {
      const half = node.clientHeight / 2;
      node.scrollTop = (node.scrollTop + half) * (height / before.current) - half;
    }
    before.current = height;
  }, [height]);
}

function useScrollTo(box, places, pages, goTo, size) {
  useLayoutEffect(() => {
    if (!goTo || !size.height) return;
    const place = places[pages.findIndex((page) => page.number === goTo.page)];
    if (!place) return;
    const node = box.current;
    if (!goTo.box) {
      node.scrollTop = place.top - GAP;
      return;
    }
    const [, y0, , y1] = goTo.box;
    const from = place.top + y0 * place.height;
    const to = place.top + y1 * place.height;
    if (from < node.scrollTop + 40 || to > node.scrollTop + node.clientHeight - 40) {
      node.scrollTop = (from + to) / 2 - node.clientHeight * 0.4;
    }
    const left = EDGE + goTo.box[0] * place.width;
    if (left < node.scrollLeft || left > node.scrollLeft + node.clientWidth - 60) node.scrollLeft = left - 60;
  }, [goTo, size.height > 0]);
}

function useWheelZoom(box, zoom, onZoom) {
  const turn = useCallback((event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    onZoom(nextZoom(zoom, event.deltaY < 0 ? 1 : -1));
  }, [zoom, onZoom]);
  useEffect(() => {
    const node = box.current;
    node.addEventListener('wheel', turn, {passive: false});
    return () => node.removeEventListener('wheel', turn);
  }, [turn]);
}

const STEADY = 4;

// Dragging with the mouse moves the pages, as fingers do by themselves; the click after it is none.
function usePan(box) {
  useEffect(() => {
    const node = box.current;
    let from = null;
    let dragged = false;
    const down = (event) => {
      dragged = false;
      const isOurs = event.pointerType === 'mouse' && event.button === 0 && event.target.closest('.leaf');
      from = isOurs ? {x: event.clientX, y: event.clientY, left: node.scrollLeft, top: node.scrollTop} : null;
    };
    const move = (event) => {
      if (!from || !event.buttons) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      if (!dragged && Math.hypot(x, y) < STEADY) return;
      dragged = true;
      node.classList.add('panning');
      node.scrollTo(from.left - x, from.top - y);
    };
    const up = () => {
      from = null;
      node.classList.remove('panning');
    };
    const click = (event) => dragged && event.stopPropagation();
    node.addEventListener('pointerdown', down);
    node.addEventListener('click', click, true);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    return () => {
      node.removeEventListener('pointerdown', down);
      node.removeEventListener('click', click, true);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
    };
  }, []);
}

export function nextZoom(zoom, step) {
  const near = ZOOMS.reduce((best, one, at) => (Math.abs(one - zoom) < Math.abs(ZOOMS[best] - zoom) ? at : best), 0);
  return ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, near + step))];
}
