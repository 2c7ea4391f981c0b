// A video with the timeline of what was on screen: a click jumps there, and what is shown is lit.
import {html, useEffect, useRef, useState} from '../vendor/preact.js';
import {sendJson} from '../core/api.js';
import {clock} from '../core/format.js';
import {useAsked} from '../core/hooks.js';
import {Overlay} from './viewer.js';

// A player can send no key, so it is given an address of its own, for a while.
export function Film({job, at, document, lit, seek, onTime}) {
  const video = useRef();
  const {data: ticket} = useAsked(() => sendJson('POST', `/v1/jobs/${job.id}/documents/${at}/ticket`), [job.id, at]);
  const [time, setTime] = useState(0);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (seek && video.current) video.current.currentTime = seek.time;
  }, [seek]);
  const shown = document.timeline.map((entry, at) => ({entry, at})).filter(({entry}) => time >= entry.start - 0.05 && time <= entry.end + 0.05);
  const marks = shown.map(({entry, at}) => ({id: `t:${at}`, boxes: [entry.bbox], tone: 'block'}));
  const bright = marks.find((mark) => mark.id === lit?.id) ?? null;
  const tell = (event) => {
    setTime(event.target.currentTime);
    onTime(event.target.currentTime);
  };
  return html`<div class="film"><div class="screen-of">
    <video ref=${video} src=${ticket?.url} controls preload="metadata" playsinline onTimeUpdate=${tell} onSeeked=${tell}
      onError=${() => setBroken(true)} aria-label=${document.name}></video>
    <${Overlay} marks=${marks} lit=${bright} />
  </div>
  ${broken && html`<p class="notice warn">This browser cannot play the file. The timeline beside it still tells what was on screen.</p>`}
  <${Lanes} document=${document} time=${time} lit=${lit} onSeek=${(to) => { video.current.currentTime = to; }} /></div>`;
}

function Lanes({document, time, lit, onSeek}) {
  const length = Math.max(1, ...document.timeline.map((entry) => entry.end), ...document.pages.map((page) => page.until ?? 0));
  const jump = (event) => {
    const frame = event.currentTarget.getBoundingClientRect();
    onSeek(((event.clientX - frame.left) / frame.width) * length);
  };
  return html`<div class="lanes" onClick=${jump} aria-hidden="true">
    ${document.pages.map((page) => html`<span class="scene" style=${{left: `${(100 * page.time) / length}%`, width: `${(100 * ((page.until ?? length) - page.time)) / length}%`}}></span>`)}
    ${document.timeline.map((entry, at) => html`<span class="text ${lit?.id === `t:${at}` ? 'on' : ''}" style=${{left: `${(100 * entry.start) / length}%`, width: `${Math.max(0.4, (100 * (entry.end - entry.start)) / length)}%`, top: `${6 + (at % 8) * 5}px`}}></span>`)}
    <span class="now" style=${{left: `${(100 * time) / length}%`}}></span></div>`;
}

// A little after a text appears, when what fades into it is over.
const settledAt = ({start, end}) => start + Math.min(0.4, (end - start) / 2);

export function Timeline({document, time, lit, onLight, onSeek}) {
  return html`<ol class="timeline">${document.timeline.map((entry, at) => {
    const now = time >= entry.start - 0.05 && time <= entry.end + 0.05;
    return html`<li key=${at}><button class="${now ? 'now' : ''} ${lit?.id === `t:${at}` ? 'on' : ''}" onMouseEnter=${() => onLight(`t:${at}`)}
      onMouseLeave=${() => onLight(null)} onFocus=${() => onLight(`t:${at}`)} onBlur=${() => onLight(null)} onClick=${() => onSeek(settledAt(entry))}>
      <span class="quiet">${clock(entry.start)} – ${clock(entry.end)}</span><span>${entry.text}</span></button></li>`;
  })}</ol>`;
}
