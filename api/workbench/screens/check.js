// Checking by keyboard: one doubtful value after the other, the least certain first.
import {html, useEffect, useMemo, useRef, useState} from '../vendor/preact.js';
import {getJson} from '../core/api.js';
import {percent, plural} from '../core/format.js';
import {useAsked, useKeys, useTitle} from '../core/hooks.js';
import {go, href} from '../core/route.js';
import {review} from '../core/reviews.js';
import {CloseUp} from '../look/closeup.js';
import {save} from '../look/downloads.js';
import {fieldMarks, leavesOf, pointerTitle, shownValue, wordAt} from '../look/model.js';
import {picturePath} from '../look/pictures.js';
import {Viewer} from '../look/viewer.js';
import {Blank, Trouble, Waiting} from '../parts/parts.js';

export function Check({id}) {
  useTitle('Check');
  const queue = useAsked((signal) => getJson('/v1/reviews?limit=200', {signal}), []);
  const [done, setDone] = useState(new Set());
  if (queue.error) return html`<div class="screen"><header><h1>Check</h1></header><${Trouble} error=${queue.error} again=${queue.again} /></div>`;
  if (!queue.data) return html`<div class="screen"><header><h1>Check</h1></header><${Waiting} /></div>`;
  const left = queue.data.jobs.filter((one) => !done.has(one.job.id));
  const now = left.find((one) => one.job.id === id) ?? left[0];
  if (!now) {
    return html`<div class="screen"><header><h1>Check</h1></header><${Blank} title="Nothing to check">
      <p>${done.size ? `${plural(done.size, 'job is', 'jobs are')} checked.` : 'Values that the reader is not sure of appear here, the least certain first.'}</p>
      <div class="row"><button class="button" onClick=${queue.again}>Look again</button><button class="button" onClick=${() => save('/v1/corrections', 'corrections.zip')}>Export what was settled</button></div></${Blank}></div>`;
  }
  return html`<${One} key=${now.job.id} waiting=${now} others=${left.filter((one) => one !== now)} onDone=${() => setDone(new Set([...done, now.job.id]))} />`;
}

function One({waiting, others, onDone}) {
  const {job} = waiting;
  const asked = useAsked((signal) => getJson(`/v1/jobs/${job.id}/result`, {signal}), [job.id]);
  if (asked.error) return html`<div class="screen"><${Trouble} error=${asked.error} again=${asked.again} /></div>`;
  return html`<div class="checking">
    <header><h1 class="clip">${job.files[0]?.name}</h1><a class="small" href=${href(`/jobs/${job.id}`)}>open</a>
      <span class="quiet push">${plural(others.length + 1, 'job', 'jobs')} to check</span></header>
    ${asked.data ? html`<${Bench} job=${job} result=${asked.data} doubts=${waiting.doubts} others=${others} onDone=${onDone} />` : html`<${Waiting} />`}
  </div>`;
}

// What is doubted, with the value that stands there now; `leaves` are those of its document.
// What is `whole` can only be accepted: it is no single value.
function subject(result, leaves, doubt) {
  const {pointer} = doubt;
  const document = result.documents[doubt.document];
  if (doubt.part === 'answers') {
    const answer = document.answers[Number(pointer.slice(1))];
    return {pointer, name: answer.question, value: answer.answer, reasons: answer.review, evidence: answer.citations[0] ?? null};
  }
  if (doubt.part === 'charts') {
    const chart = document.charts[Number(pointer.slice(1))];
    return {pointer, name: chart.title ?? 'Chart', value: plural(chart.series.length, 'series', 'series'), reasons: chart.review, evidence: {page: chart.page, bbox: chart.bbox, boxes: []}, whole: true};
  }
  const leaf = leaves.get(pointer);
  if (leaf) return {...leaf, name: pointerTitle(pointer)};
  const reasons = document.extraction.review.filter((reason) => (pointer ? reason.fields.includes(pointer) : !reason.fields.length));
  return {pointer, name: pointer ? pointerTitle(pointer) : 'The document as a whole', value: '', reasons, evidence: null, whole: true};
}

// The leaves of each document by their pointers: worked out once, as lists may be long.
const leavesBy = (result) => result.documents.map((document) => new Map(leavesOf(document.extraction).map((leaf) => [leaf.pointer, leaf])));

const nameOf = (doubt) => `${doubt.document}.${doubt.part}.${doubt.pointer}`;

function Bench({job, result, doubts, others, onDone}) {
  const [at, setAt] = useState(0);
  const [settled, setSettled] = useState({});
  const [text, setText] = useState(null);
  const [words, setWords] = useState([]);
  const [failed, setFailed] = useState(null);
  const sending = useRef(Promise.resolve());
  const doubt = doubts[at];
  const leaves = useMemo(() => leavesBy(result), [result]);
  const values = useMemo(() => doubts.map((one) => subject(result, leaves[one.document], one)), [doubts, leaves]);
  const value = values[at];
  const document = result.documents[doubt.document];
  const marks = useMemo(() => fieldMarks([...leaves[doubt.document].values()]), [leaves, document]);
  const boxes = value.evidence?.boxes?.length ? value.evidence.boxes : value.evidence?.bbox ? [value.evidence.bbox] : [];
  const place = value.evidence?.page && boxes.length ? {id: value.pointer, page: value.evidence.page, boxes, tone: 'lit'} : null;
  const chosen = words.length ? {id: 'words', page: words[0].page, boxes: words.map((word) => word.bbox), tone: 'picked'} : null;

  const move = (to) => {
    setAt(Math.max(0, Math.min(doubts.length - 1, to)));
    setText(null);
    setWords([]);
  };
  const settle = (action, typedText) => {
    const evidence = words.length ? {page: words[0].page, boxes: words.map((word) => word.bbox), quote: words.map((word) => word.text).join(' ')} : undefined;
    const now = {...settled, [nameOf(doubt)]: {action, text: typedText}};
    setSettled(now);
    setFailed(null);
    const next = doubts.findIndex((one, index) => index > at && !now[nameOf(one)]);
    const first = doubts.findIndex((one) => !now[nameOf(one)]);
    const target = next >= 0 ? next : first;
    sending.current = sending.current.then(() => review(job.id, doubt, value, action, typedText, evidence)).then(
      () => target < 0 && onDone(),
      (error) => {
        setFailed(error);
        setSettled((old) => ({...old, [nameOf(doubt)]: undefined}));
        setAt(at);
      },
    );
    if (target >= 0) move(target);
  };
  const edit = (start = value.value === null ? '' : String(value.value)) => setText(start);
  const take = (page, x, y) => {
    if (page === null || value.whole) return;
    const word = wordAt(page, x, y);
    if (!word) return;
    const more = [...words, {...word, page: page.number}].filter((one) => one.page === page.number);
    setWords(more);
    setText(more.map((one) => one.text).join(' '));
  };
  useKeys({
    a: () => settle('accept'), Enter: (event) => (event.target.closest('button, a') ? false : settle('accept')),
    x: () => !value.whole && settle('absent'), e: () => !value.whole && edit(),
    ArrowDown: () => move(at + 1), j: () => move(at + 1), ArrowUp: () => move(at - 1), k: () => move(at - 1),
  });
  const source = (page, width) => picturePath(job, doubt.document, page, width, page.time);
  const page = document.pages.find((one) => one.number === (chosen?.page ?? place?.page)) ?? document.pages[0];
  const goTo = useMemo(() => (place ? {page: place.page, box: place.boxes[0]} : null), [doubt]);
  return html`
    <div class="sheet">
      <${CloseUp} key=${doubt.document} page=${page} source=${source} place=${place} chosen=${chosen} onPick=${take} />
      <div class="row-of"><${Viewer} key=${doubt.document} pages=${document.pages} source=${source} marks=${chosen ? [...marks, chosen] : marks} lit=${place} zoom=${1} onZoom=${() => {}} goTo=${goTo}
        onPage=${() => {}} onPick=${take} label=${`Pages of ${document.name}`} /></div>
    </div>
    <section class="panel" aria-label="Doubtful values">
      <${Card} value=${value} doubt=${doubt} number=${`${at + 1} of ${doubts.length}`} file=${job.files.length > 1 ? document.name : ''} decided=${settled[nameOf(doubt)]} text=${text} setText=${setText} settle=${settle} edit=${edit} failed=${failed} cancel=${() => move(at)} />
      <div class="doubts" tabindex="0" role="region" aria-label="All doubtful values"><${List} doubts=${doubts} at=${at} settled=${settled} values=${values} files=${job.files.length > 1 ? job.files : null} onPick=${move} />
      ${others.length > 0 && html`<h3 class="group">Then</h3><ul class="doubt-list">${others.slice(0, 30).map((one) => html`<li key=${one.job.id}><button onClick=${() => go(`/check/${one.job.id}`)}>
        <span class="clip">${one.job.files[0]?.name}</span><span class="quiet clip">${plural(one.doubts.length, 'value', 'values')} · ${percent(one.least)}</span></button></li>`)}</ul>`}</div>
    </section>`;
}

// What is wrong with a value; that it is unsure is said where nothing more is known.
function saidOf(reasons) {
  const known = reasons.filter((reason) => reason.code !== 'uncertain' || !reason.fields?.length).map((reason) => reason.message);
  return known.length || !reasons.length ? known : ['The reader is not sure of this value.'];
}

function Card({value, doubt, number, file, decided, text, setText, settle, edit, failed, cancel}) {
  const input = useRef();
  const editing = text !== null;
  useEffect(() => {
    if (editing) input.current.focus();
  }, [editing, doubt]);
  const submit = (event) => {
    event.preventDefault();
    settle('correct', text);
  };
  return html`<div class="doubt-card" aria-live="polite">
    <div class="row"><h2>${value.name}</h2><span class="quiet push" title="How sure the reader is">${percent(doubt.confidence)}</span></div>
    <p class="small quiet clip">${number}${file && ` · in ${file}`}</p>
    ${editing ? html`<form onSubmit=${submit} class="stack" onKeyDown=${(event) => event.key === 'Escape' && cancel()}>
        <input type="text" ref=${input} value=${text} aria-label=${`Right value of ${value.name}`} onInput=${(event) => setText(event.target.value)} />
        <div class="row"><button class="button main-action">Correct <kbd>Enter</kbd></button><button type="button" class="button plain" onClick=${cancel}>Leave it <kbd>Esc</kbd></button></div></form>`
      : html`<p class="big-value ${value.value === null ? 'quiet' : ''}">${decided?.action === 'correct' ? decided.text : decided?.action === 'absent' ? 'not on the page' : shownValue(value.value)}</p>`}
    ${saidOf(value.reasons).map((words) => html`<p class="small reason-line">${words}</p>`)}
    ${failed && html`<p class="notice bad small" role="alert">${failed.message}</p>`}
    ${!editing && html`<div class="row wrap"><button class="button main-action" onClick=${() => settle('accept')}>Accept <kbd>A</kbd></button>
      ${!value.whole && html`<button class="button" onClick=${() => edit()}>Correct <kbd>E</kbd></button><button class="button" onClick=${() => settle('absent')}>Not there <kbd>X</kbd></button>`}</div>
      <p class="small quiet">Click words on the page to fill the field in. <kbd>↑</kbd> <kbd>↓</kbd> to another value.</p>`}
  </div>`;
}

const SIGNS = {accept: 'accepted', correct: 'corrected', absent: 'not there'};

function List({doubts, at, settled, values, files, onPick}) {
  const chosen = useRef();
  useEffect(() => chosen.current?.scrollIntoView({block: 'nearest'}), [at]);
  return html`<ol class="doubt-list" aria-label="Doubtful values">${doubts.map((doubt, index) => {
    const value = values[index];
    const decided = settled[nameOf(doubt)];
    return html`<li key=${nameOf(doubt)} ref=${index === at ? chosen : undefined}><button aria-current=${index === at ? 'true' : undefined} onClick=${() => onPick(index)}>
      <span class="clip">${value.name}${files && html` <span class="quiet small">${files[doubt.document].name}</span>`}</span><span class="clip">${decided ? html`<span class="tag ${decided.action === 'accept' ? 'good' : 'accent'}">${SIGNS[decided.action]}</span>` : html`<span class="quiet">${shownValue(value.value)}</span>`}</span></button></li>`;
  })}</ol>`;
}
