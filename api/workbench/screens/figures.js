// How it goes: what was read of late, what waited, what failed, what had to be corrected.
import {html} from '../vendor/preact.js';
import {getJson} from '../core/api.js';
import {count, money, percent, since, span} from '../core/format.js';
import {useAsked, useEvery, useTitle} from '../core/hooks.js';
import {href} from '../core/route.js';
import {save} from '../look/downloads.js';
import {title} from '../look/model.js';
import {Icon} from '../parts/icons.js';
import {Trouble, Waiting} from '../parts/parts.js';

export function Figures() {
  useTitle('Figures');
  const {data, error, again} = useAsked((signal) => getJson('/v1/stats', {signal}), []);
  useEvery(10_000, again);
  return html`<div class="screen wide"><header><h1>Figures</h1>${data && html`<span class="quiet">of the latest ${count(data.jobs)} jobs</span>`}</header>
    ${error && html`<${Trouble} error=${error} again=${again} />`}
    ${!data && !error && html`<div class="card"><${Waiting} /></div>`}
    ${data && html`<${Tiles} data=${data} /><div class="panes">
      <${Pane} name="Pages a minute, the last hour"><${Trend} values=${data.minutes.map((one) => one.pages)} labels=${data.minutes.map((one) => one.at)} unit="pages" /></${Pane}>
      <${Pane} name="Days"><${Days} days=${data.days} /></${Pane}>
      <${Pane} name="What people corrected"><${Corrected} fields=${data.fields} /></${Pane}>
      <${Pane} name="Why jobs failed"><${Errors} errors=${data.errors} /></${Pane}>
      <${Pane} name="Workers"><${Workers} workers=${data.workers} /></${Pane}>
      ${'jobs' in data.counters && html`<${Pane} name="Work so far"><${Totals} counters=${data.counters} /></${Pane}>`}
    </div>`}</div>`;
}

const written = new Intl.DateTimeFormat(undefined, {weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC'});
const dayName = (day) => written.format(new Date(day));

function Tiles({data}) {
  const {states} = data;
  const hour = data.minutes.reduce((sum, one) => sum + one.pages, 0);
  const days = data.days;
  const jobs = days.reduce((sum, day) => sum + day.jobs, 0);
  const share = jobs ? days.reduce((sum, day) => sum + day.to_review, 0) / jobs : 0;
  const waited = jobs ? days.reduce((sum, day) => sum + day.waited * day.jobs, 0) / jobs : 0;
  const tiles = [
    ['Waiting', count(states.queued ?? 0), href('/jobs', {state: 'queued'})],
    ['Being read', count(states.running ?? 0), href('/jobs', {state: 'running'})],
    ['Pages in the last hour', count(hour)],
    ['Wait for a worker', span(waited)],
    ['Sent to review', percent(share)],
    ['To check now', count(data.to_review), '#/check'],
  ];
  return html`<div class="tiles">${tiles.map(([name, value, to]) => html`<div class="card tile"><span class="quiet">${to ? html`<a href=${to}>${name}</a>` : name}</span><strong>${value}</strong></div>`)}</div>`;
}

function Pane({name, children}) {
  return html`<section class="card pad stack"><h2>${name}</h2>${children}</section>`;
}

function Trend({values, labels, unit}) {
  const most = Math.max(...values, 1);
  const wide = 600 / values.length;
  const sum = values.reduce((total, value) => total + value, 0);
  return html`<svg class="trend" viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label=${`${count(sum)} ${unit} in ${values.length} minutes, at most ${count(most)} in one`}>
      <line x1="0" x2="600" y1="119.500" y2="119.500" /><line x1="0" x2="600" y1="0.500" y2="0.500" />
      ${values.map((value, at) => html`<rect x=${at * wide + wide * 0.12} width=${wide * 0.76} y=${119 - (value / most) * 116} height=${(value / most) * 116} />`)}</svg>
    <div class="row small quiet"><span>${since(labels[0])}</span><span class="push">most in a minute: ${count(most)}</span><span class="push">now</span></div>`;
}

function Days({days}) {
  if (!days.length) return html`<p class="quiet">No job has ended yet.</p>`;
  const most = Math.max(...days.map((day) => day.pages), 1);
  return html`<div class="across" tabindex="0" role="region" aria-label="Days"><table><thead><tr><th>Day</th><th class="number">Jobs</th><th class="number">Pages</th><th class="wide-only"><span class="unseen">Share</span></th><th class="number">Failed</th><th class="number">To review</th><th class="number">Wait</th></tr></thead>
    <tbody>${days.slice(-14).reverse().map((day) => html`<tr><td>${dayName(day.day)}</td><td class="number">${count(day.jobs)}</td><td class="number">${count(day.pages)}</td>
      <td class="wide-only"><${Meter} share=${day.pages / most} /></td><td class="number">${day.failed ? html`<span class="danger">${count(day.failed)}</span>` : '0'}</td><td class="number">${percent(day.to_review / day.jobs)}</td><td class="number">${span(day.waited)}</td></tr>`)}</tbody></table></div>`;
}

const Meter = ({share}) => html`<span class="meter" aria-hidden="true"><span style=${{width: `${Math.round(share * 100)}%`}}></span></span>`;

function Corrected({fields}) {
  return html`${fields.length ? html`<div class="across" tabindex="0" role="region" aria-label="What people corrected"><table><thead><tr><th>Schema</th><th>Field</th><th class="number">Settled</th><th class="number">Wrong</th><th>By day</th></tr></thead>
      <tbody>${fields.slice(0, 40).map((one) => html`<tr><td class="quiet">${one.schema_name}</td><td>${one.field.split('/').filter((step) => step && step !== '*').map(title).join(' › ')}</td><td class="number">${count(one.settled)}</td>
        <td class="number">${percent(one.corrected / one.settled)}</td><td><${Drift} days=${one.days} /></td></tr>`)}</tbody></table></div>`
    : html`<p class="quiet">Nothing was checked yet. What is settled under “Check” shows here by field.</p>`}
    <div class="row"><button class="button" onClick=${() => save('/v1/corrections', 'corrections.zip')} disabled=${!fields.length}><${Icon} name="down" />Export corrections</button></div>`;
}

const DRIFT_DAYS = 30;

// The share that was wrong, day by day: whether a field gets worse shows here.
function Drift({days}) {
  const shown = days.slice(-DRIFT_DAYS);
  const words = shown.map((day) => `${dayName(day.day)}: ${count(day.corrected)} of ${count(day.settled)} wrong`).join(', ');
  return html`<svg class="drift" viewBox="0 0 ${DRIFT_DAYS * 4} 20" preserveAspectRatio="none" role="img" aria-label=${words}><title>${words}</title>
    <line x1="0" x2=${DRIFT_DAYS * 4} y1="19.5" y2="19.5" />
    ${shown.map((day, at) => html`<rect x=${(DRIFT_DAYS - shown.length + at) * 4} width="3" y=${19 - 18 * (day.corrected / day.settled)} height=${Math.max(0.5, 18 * (day.corrected / day.settled))} />`)}</svg>`;
}

function Errors({errors}) {
  const rows = Object.entries(errors);
  if (!rows.length) return html`<p class="quiet">No job has failed.</p>`;
  const most = Math.max(...rows.map(([, amount]) => amount));
  return html`<table><tbody>${rows.map(([code, amount]) => html`<tr><td><code>${code}</code></td><td class="number">${count(amount)}</td><td><${Meter} share=${amount / most} /></td></tr>`)}</tbody></table>`;
}

function Workers({workers}) {
  if (!workers.length) return html`<p class="notice warn">No worker was seen lately: jobs wait until one comes.</p>`;
  return html`<table><thead><tr><th>Worker</th><th>Model</th><th class="number">Threads</th><th class="number">Since</th></tr></thead><tbody>${workers.map((worker) => html`<tr><td class="clip">${worker.host}</td>
    <td>${worker.model}</td><td class="number">${count(worker.threads)}</td><td class="number quiet">${since(worker.started)}</td></tr>`)}</tbody></table>`;
}

const TOTALS = [['jobs', 'Jobs', count], ['pages', 'Pages', count], ['prompt_tokens', 'Tokens asked', count], ['answer_tokens', 'Tokens answered', count], ['seconds', 'Time spent reading', span]];

function Totals({counters}) {
  const rows = TOTALS.filter(([name]) => name in counters);
  const costs = Object.entries(counters).filter(([name]) => name.startsWith('cost:'));
  return html`<dl class="facts">${rows.map(([name, word, write]) => html`<dt>${word}</dt><dd class="number">${write(counters[name])}</dd>`)}
    <dt>Cost</dt><dd class="number">${costs.length ? costs.map(([name, amount]) => money(amount, name.slice(5))).join(' + ') : html`<span class="quiet">none: the model runs here</span>`}</dd></dl>`;
}
