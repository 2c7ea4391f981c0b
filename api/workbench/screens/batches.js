// Batches: many files sent as one, with the count of what became of each.
import {html, useEffect, useState} from '../vendor/preact.js';
import {ask, getJson} from '../core/api.js';
import {count, plural, since, span, when} from '../core/format.js';
import {useAsked, useEvery} from '../core/hooks.js';
import {hasEnded, useBatch} from '../core/live.js';
import {href, setQuery} from '../core/route.js';
import {save} from '../look/downloads.js';
import {Icon} from '../parts/icons.js';
import {Blank, State, stateName, Trouble, Waiting} from '../parts/parts.js';

const ORDER = ['succeeded', 'partial', 'running', 'queued', 'failed', 'cancelled', 'expired'];

export function Batches({id, state}) {
  return id ? html`<${One} id=${id} state=${state} key=${id} />` : html`<${All} />`;
}

function All() {
  const {data, error, again} = useAsked((signal) => getJson('/v1/batches', {signal}), []);
  useEvery(data?.batches.some((batch) => !hasEnded(batch)) ? 2000 : 8000, again);
  if (error && !data) return html`<${Trouble} error=${error} again=${again} />`;
  if (!data) return html`<div class="card"><${Waiting} /></div>`;
  if (!data.batches.length) return html`<${Blank} title="No batches yet"><p>An archive, a folder, or many files sent at once become a batch.</p><a class="button main-action" href="#/">Send documents</a></${Blank}>`;
  return html`<div class="card rows" role="region" aria-label="Batches" tabindex="0"><table><thead><tr><th>State</th><th>Batch</th><th>Task</th><th>Files</th><th class="wide-only">Sent</th></tr></thead>
    <tbody>${data.batches.map((batch) => html`<tr key=${batch.id}><td><${State} state=${batch.state} /></td>
      <td class="names"><a href=${href('/jobs', {show: 'batches', batch: batch.id})}>${nameOf(batch)}</a></td><td class="quiet">${batch.task}</td>
      <td class="pages"><${Bars} batch=${batch} /><span class="small quiet">${counted(batch)}</span></td>
      <td class="quiet wide-only"><time datetime=${batch.created} title=${when(batch.created)}>${since(batch.created)}</time></td></tr>`)}</tbody></table></div>`;
}

const nameOf = (batch) => batch.metadata.name ?? batch.id.slice(-8);

function counted(batch) {
  const {done, failed, total} = batch.progress;
  if (total === null) return 'opening';
  return `${count(done)} / ${plural(total, 'file', 'files')}${failed ? ` · ${count(failed)} failed` : ''}`;
}

function Bars({batch}) {
  const total = ORDER.reduce((sum, state) => sum + (batch.files[state] ?? 0), 0) || 1;
  const words = ORDER.filter((state) => batch.files[state]).map((state) => `${count(batch.files[state])} ${stateName(state).toLowerCase()}`).join(', ');
  return html`<div class="bars-of" role="img" aria-label=${words || 'No files yet'}>${ORDER.map((state) => html`<span class=${state} style=${{width: `${(100 * (batch.files[state] ?? 0)) / total}%`}}></span>`)}</div>`;
}

function One({id, state}) {
  const [problem, setProblem] = useState();
  const {batch, error, again} = useBatch(id);
  const jobs = useAsked((signal) => getJson(`/v1/batches/${id}/jobs?limit=200${state && `&state=${state}`}`, {signal}), [id, state]);
  const busy = batch && !hasEnded(batch);
  useEvery(busy ? 1500 : 15_000, jobs.again);
  useEffect(jobs.again, [busy]);
  if (error && !batch) return html`<${Trouble} error=${error} again=${again} />`;
  if (!batch) return html`<div class="card"><${Waiting} /></div>`;
  const cancel = () => ask(`/v1/batches/${id}/cancel`, {method: 'POST'}).then(again, setProblem);
  const {progress, bad_files: bad, links} = batch;
  return html`<div class="stack">
    <section class="card pad stack"><div class="row"><h2>Batch ${nameOf(batch)}</h2><${State} state=${batch.state} /><span class="push"></span>
      ${problem && html`<span class="danger small" role="alert">${problem.message}</span>`}
      ${links.results && hasEnded(batch) && html`<button class="button" onClick=${() => save(links.results, `${nameOf(batch)}.zip`).catch(setProblem)}><${Icon} name="down" />All results</button>`}
      ${busy && html`<button class="button" onClick=${cancel}>Cancel</button>`}</div>
      <${Bars} batch=${batch} />
      <p class="quiet" aria-live="polite">${counted(batch)}${busy && progress.eta ? ` · about ${span(Math.max(0, (new Date(progress.eta) - Date.now()) / 1000))} left` : ''}</p>
      ${bad.length > 0 && html`<details><summary>${plural(bad.length, 'file was', 'files were')} not read</summary><ul>${bad.map((file) => html`<li class="row"><a href=${href(`/jobs/${file.job}`)}>${file.name}</a><span class="danger small">${file.problem?.message}</span></li>`)}</ul></details>`}
    </section>
    <div class="row filters"><select aria-label="State" value=${state} onChange=${(event) => setQuery({state: event.target.value})}><option value="">Any state</option>${ORDER.map((one) => html`<option value=${one}>${stateName(one)}</option>`)}</select></div>
    ${jobs.data?.jobs.length > 0 && html`<div class="card rows" role="region" aria-label="Files" tabindex="0"><table><tbody>${jobs.data.jobs.map((job) => html`<tr key=${job.id}><td><${State} state=${job.state} /></td>
      <td class="names"><a class="clip" href=${href(`/jobs/${job.id}`)}>${job.files[0]?.name ?? job.id}</a>${job.problem && html`<div class="small danger clip">${job.problem.message}</div>`}</td>
      <td class="number quiet">${job.progress.done ? plural(job.progress.done, 'page', 'pages') : ''}</td></tr>`)}</tbody></table></div>`}
  </div>`;
}
