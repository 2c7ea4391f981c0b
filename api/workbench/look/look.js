// The pages, and beside them what was found on them; each lights the other.
import {html, useCallback, useMemo, useRef, useState} from '../vendor/preact.js';
import {percent, plural} from '../core/format.js';
import {useKeys, useSignal} from '../core/hooks.js';
import {review, reviewRows} from '../core/reviews.js';
import {route, setQuery} from '../core/route.js';
import {Icon} from '../parts/icons.js';
import {Blank, Waiting} from '../parts/parts.js';
import {Charts} from './charts.js';
import {Downloads} from './downloads.js';
import {Fields} from './fields.js';
import {Film, Timeline} from './film.js';
import {blockMarks, cellMarks, chartMarks, fieldMarks, leavesOf, marksAt, tablesOf} from './model.js';
import {picturePath} from './pictures.js';
import {Reading, Tables} from './reading.js';
import {Thumbs} from './thumbs.js';
import {nextZoom, Viewer} from './viewer.js';

const LAYERS = [['field', 'Fields'], ['block', 'Text'], ['table', 'Tables'], ['chart', 'Charts']];

export function Look({job, result, again, head, facts}) {
  const {query} = useSignal(route);
  const at = Math.min(Number(query.doc) || 0, job.files.length - 1);
  const document = result?.documents[at];
  return html`<div class="look">${head}
    ${job.files.length > 1 && html`<div class="files row" role="group" aria-label="Files">${job.files.map((file, index) => html`<button key=${index} class="button plain tight" aria-pressed=${index === at}
      onClick=${() => setQuery({doc: index || '', page: ''})}>${file.name}${result?.documents[index]?.problem ? html` <span class="tag bad">not read</span>` : ''}</button>`)}</div>`}
    ${!document && html`<${Waiting} lines=${12} />`}
    ${document?.problem && html`<${Blank} title="This file could not be read"><p>${document.problem.message}</p><p class="quiet small">Code <code>${document.problem.code}</code></p></${Blank}>`}
    ${document && !document.problem && html`<${Desk} key=${at} job=${job} at=${at} document=${document} query=${query} again=${again} facts=${facts} />`}
  </div>`;
}

function tabsOf(document, tables) {
  const isFilm = document.media_type.startsWith('video/');
  return [
    document.extraction && ['fields', 'Fields'],
    isFilm && ['timeline', 'Timeline'],
    document.answers?.length > 0 && ['answers', 'Answers'],
    ['text', 'Text'],
    tables.length > 0 && ['tables', 'Tables'],
    document.charts?.length > 0 && ['charts', 'Charts'],
    ['json', 'JSON'],
    ['files', 'Download'],
    ['about', 'About'],
  ].filter(Boolean);
}

function Desk({job, at, document, query, again, facts}) {
  const isFilm = document.media_type.startsWith('video/');
  const leaves = useMemo(() => leavesOf(document.extraction), [document]);
  const tables = useMemo(() => tablesOf(document), [document]);
  const tabs = tabsOf(document, tables);
  const first = document.extraction ? 'fields' : isFilm ? 'timeline' : document.answers?.length ? 'answers' : document.charts?.length ? 'charts' : 'text';
  const tab = tabs.some(([name]) => name === query.tab) ? query.tab : first;
  const [page, setPage] = useState(() => document.pages[0]?.number ?? 1);
  const [zoom, setZoom] = useState(1);
  const [goTo, setGoTo] = useState(() => (Number(query.page) > 1 ? {page: Number(query.page)} : null));
  const [layers, setLayers] = useState(() => new Set([document.extraction ? 'field' : 'block', 'table', 'chart']));
  const [time, setTime] = useState(0);
  const [seek, setSeek] = useState(null);

  const marks = useMemo(() => ({
    field: fieldMarks(leaves),
    blocks: document.pages.flatMap(blockMarks),
    cells: cellMarks(tables),
    charts: chartMarks(document.charts ?? []),
    answers: answerMarks(document.answers ?? []),
  }), [document, leaves, tables]);
  const all = useMemo(() => new Map(Object.values(marks).flat().map((mark) => [mark.id, mark])), [marks]);
  const {lit, light, point} = useLight(marks, all, tab, setGoTo);

  const drawn = useMemo(() => [
    ...(layers.has('field') ? [...marks.field, ...marks.answers] : []),
    ...marks.blocks.filter((mark) => layers.has(mark.tone)),
    ...(layers.has('chart') ? marks.charts.filter((mark) => mark.tone === 'chart') : []),
  ], [marks, layers]);
  const source = useCallback((one, width) => picturePath(job, at, one, width, isFilm ? one.time : null), [job.id, at]);
  const turnTo = (number) => setGoTo({page: number, at: Date.now()});
  const showPage = (number) => {
    setPage(number);
    setQuery({page: number > 1 ? number : ''});
  };
  const decide = async (leaf, action, text) => {
    await review(job.id, {document: at}, leaf, action, text);
    again();
  };
  const rewrite = async (pointer, rows) => {
    await reviewRows(job.id, at, pointer, rows);
    again();
  };
  useKeys({
    '+': () => setZoom(nextZoom(zoom, 1)), '=': () => setZoom(nextZoom(zoom, 1)),
    '-': () => setZoom(nextZoom(zoom, -1)), 0: () => setZoom(1),
    n: () => turnTo(Math.min(page + 1, document.pages.at(-1).number)),
    p: () => turnTo(Math.max(1, page - 1)),
  });

  const shared = {lit, onLight: light};
  const here = document.pages.find((one) => one.number === page) ?? document.pages[0];
  const panels = {
    fields: () => html`<${Fields} extraction=${document.extraction} onDecide=${decide} onRewrite=${rewrite} ...${shared} />`,
    timeline: () => html`<${Timeline} document=${document} time=${time} onSeek=${(to) => setSeek({time: to})} ...${shared} />`,
    answers: () => html`<${Answers} answers=${document.answers} ...${shared} />`,
    text: () => here ? html`<${Reading} page=${here} ...${shared} />` : html`<${Blank} title="No pages" />`,
    tables: () => html`<${Tables} tables=${tables} onPage=${turnTo} ...${shared} />`,
    charts: () => html`<${Charts} charts=${document.charts} pages=${document.pages} source=${source} onPage=${turnTo} ...${shared} />`,
    json: () => html`<${Json} document=${document} />`,
    files: () => html`<${Downloads} job=${job} hasResult=${true} />`,
    about: () => html`<div class="pad">${facts}</div>`,
  };
  return html`<div class="desk ${isFilm ? 'with-film' : ''}">
    <div class="sheet">
      <${Bar} document=${document} page=${page} onPage=${turnTo} zoom=${zoom} onZoom=${setZoom} layers=${layers} onLayers=${setLayers} isFilm=${isFilm} leaves=${leaves} />
      ${isFilm ? html`<${Film} job=${job} at=${at} document=${document} lit=${lit} seek=${seek} onTime=${setTime} />`
        : html`<div class="row-of">
          ${document.pages.length > 1 && html`<${Thumbs} pages=${document.pages} source=${source} current=${page} onPick=${turnTo} />`}
          ${document.pages.length ? html`<${Viewer} pages=${document.pages} source=${source} marks=${drawn} lit=${lit} zoom=${zoom} onZoom=${setZoom} goTo=${goTo}
            onPage=${showPage} onPoint=${point} onPick=${point} label=${`Pages of ${document.name}`} />` : html`<${Blank} title="No page was asked for" />`}
        </div>`}
    </div>
    <section class="panel" aria-label="What was found">
      <div class="tabs row" role="tablist" aria-label="What was found" onKeyDown=${arrows}>${tabs.map(([name, word]) => html`<button key=${name} role="tab" id=${`tab-${name}`} aria-selected=${name === tab} aria-controls="found"
        tabindex=${name === tab ? 0 : -1} onClick=${() => setQuery({tab: name === first ? '' : name})}>${word}</button>`)}</div>
      <div class="found" id="found" role="tabpanel" aria-labelledby=${`tab-${tab}`} tabindex="0">${panels[tab]()}</div>
    </section>
  </div>`;
}

// What is lit, and the two ways to light it: from the panel by id, and from a page by a point.
function useLight(marks, all, tab, setGoTo) {
  const [lit, setLit] = useState(null);
  const timer = useRef();
  const light = useCallback((id) => {
    const mark = id === null ? null : all.get(id) ?? {id, page: null, boxes: []};
    clearTimeout(timer.current);
    setLit(mark && {...mark, mine: true});
    if (mark?.page) timer.current = setTimeout(() => setGoTo({page: mark.page, box: mark.boxes[0], at: id}), 120);
  }, [all]);
  const point = useCallback((page, x, y) => {
    if (page === null) return setLit(null);
    const [mark] = marksAt(pickable(marks, tab), page.number, x, y);
    setLit((old) => (old?.id === mark?.id ? old : mark ? {...mark, mine: false} : null));
  }, [marks, tab]);
  return {lit, light, point};
}

const pickable = (marks, tab) => ({
  fields: marks.field, tables: marks.cells, charts: marks.charts, answers: marks.answers,
}[tab] ?? marks.blocks);

function answerMarks(answers) {
  return answers.flatMap((answer, at) => answer.citations.flatMap((cited, number) => cited.page && cited.bbox
    ? [{id: `a:${at}:${number}`, page: cited.page, boxes: cited.boxes?.length ? cited.boxes : [cited.bbox], tone: answer.review.length ? 'doubt' : 'field'}] : []));
}

function Answers({answers, lit, onLight}) {
  return html`<div class="stack pad">${answers.map((answer, at) => html`<article key=${at} class="stack">
    <h2>${answer.question}</h2>
    <p>${answer.answer ?? html`<span class="quiet">The document does not say.</span>`} <span class="quiet small">${percent(answer.confidence)}</span></p>
    ${answer.review.map((reason) => html`<p class="reason small">${reason.message}</p>`)}
    ${answer.citations.map((cited, number) => html`<button class="quote ${lit?.id === `a:${at}:${number}` ? 'on' : ''}" onMouseEnter=${() => onLight(`a:${at}:${number}`)} onMouseLeave=${() => onLight(null)}
      onFocus=${() => onLight(`a:${at}:${number}`)} onBlur=${() => onLight(null)}>“${cited.quote}” <span class="quiet small">page ${cited.page}</span></button>`)}
  </article>`)}</div>`;
}

function Json({document}) {
  const {pages, timeline, ...rest} = document;
  const text = JSON.stringify(document.extraction ? document.extraction.data : {...rest, pages: `${plural(pages.length, 'page', 'pages')}: download the JSON for all of it`}, null, 2);
  return html`<div class="stack pad"><button class="button push" onClick=${() => navigator.clipboard?.writeText(text)}>Copy</button><pre class="json">${text}</pre></div>`;
}

function Bar({document, page, onPage, zoom, onZoom, layers, onLayers, isFilm, leaves}) {
  const flip = (name) => {
    const next = new Set(layers);
    if (!next.delete(name)) next.add(name);
    onLayers(next);
  };
  const shown = LAYERS.filter(([name]) => name !== 'field' || leaves.length);
  return html`<div class="bar row">
    ${!isFilm && document.pages.length > 0 && html`<label class="row small">Page <input type="number" class="page-number" min="1" max=${document.pages.at(-1).number} value=${page}
      onChange=${(event) => onPage(Number(event.target.value))} /> <span class="quiet">of ${document.page_count}</span></label>
      <span class="row tight-row"><button class="button plain tight" aria-label="Smaller" title="Smaller (−)" onClick=${() => onZoom(nextZoom(zoom, -1))}><${Icon} name="minus" /></button>
      <button class="button plain tight zoom" aria-label=${`${percent(zoom)}, fit to the width`} title="Fit to the width (0)" onClick=${() => onZoom(1)}>${percent(zoom)}</button>
      <button class="button plain tight" aria-label="Larger" title="Larger (+)" onClick=${() => onZoom(nextZoom(zoom, 1))}><${Icon} name="plus" /></button></span>
      <span class="row push tight-row layers" role="group" aria-label="Boxes shown">${shown.map(([name, word]) => html`<button class="button plain tight" aria-pressed=${layers.has(name)} onClick=${() => flip(name)}><span class="swatch ${name}"></span>${word}</button>`)}</span>`}
    ${isFilm && html`<span class="small quiet">${document.name}</span>`}
  </div>`;
}

function arrows(event) {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  if (!step) return;
  const tabs = [...event.currentTarget.children];
  const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
  event.preventDefault();
}
