// Who settled what, when, and what stood there before.
import {html} from '../vendor/preact.js';
import {getJson} from '../core/api.js';
import {when} from '../core/format.js';
import {useAsked} from '../core/hooks.js';
import {Trouble} from '../parts/parts.js';
import {pointerTitle, shownValue} from './model.js';

const AFTER = {accept: 'accepted', absent: 'not in the document'};

function nameOf({part, pointer}) {
  if (part === 'extraction') return pointer ? pointerTitle(pointer) : 'The document as a whole';
  return `${part === 'answers' ? 'Answer' : 'Chart'} ${Number(pointer.slice(1)) + 1}`;
}

export function History({job}) {
  const {data, error, again} = useAsked((signal) => getJson(`/v1/jobs/${job.id}/reviews`, {signal}), [job.id, job.revision]);
  if (error) return html`<${Trouble} error=${error} again=${again} />`;
  if (!data) return null;
  const left = data.left.length;
  return html`<section class="card"><h2 class="group">What people settled${left > 0 && html` <span class="quiet">${left} left</span>`}</h2>
    ${data.settled.length ? html`<div class="across" tabindex="0" role="region" aria-label="What people settled"><table class="small">
      <thead><tr><th>Value</th><th>Before</th><th>After</th><th>Who</th><th>When</th></tr></thead>
      <tbody>${data.settled.map((one, at) => html`<tr key=${at}><td>${nameOf(one)}</td><td class="quiet">${shownValue(one.before)}</td>
        <td>${one.action === 'correct' ? shownValue(one.value) : AFTER[one.action]}</td><td class="quiet">${one.by ?? '–'}</td>
        <td class="quiet"><time datetime=${one.at}>${when(one.at)}</time></td></tr>`)}</tbody></table></div>`
    : html`<p class="pad quiet">Nothing yet.</p>`}
  </section>`;
}
