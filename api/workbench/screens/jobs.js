// All jobs and batches, newest first, as they go on. The filters live in the address.
import {html, useState} from '../vendor/preact.js';
import {ask, getJson} from '../core/api.js';
import {count, plural, since, span, when} from '../core/format.js';
import {useAsked, useEvery, useSettled, useSignal, useTitle} from '../core/hooks.js';
import {canRetry, hasEnded, pace} from '../core/live.js';
import {go, href, route, setQuery} from '../core/route.js';
import {Icon} from '../parts/icons.js';
import {Blank, State, stateName, Trouble, Waiting} from '../parts/parts.js';
import {Batches} from './batches.js';

const PAGE = 50;
const TYPING = 200;
const STATES = ['queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled', 'expired'];

export function Jobs() {
  useTitle('Jobs');
  const {query} = useSignal(route);
  const shown = query.show === 'batches' ? html`<${Batches} id=${query.batch} state=${query.state ?? ''} />` : html`<${List} query=${query} />`;
  return html`<div class="screen wide">
    <header><h1>Jobs</h1>
      <div class="row tabs" role="group" aria-label="Show">
        <button class="button plain" aria-pressed=${query.show !== 'batches'} onClick=${() => go('/jobs')}>Jobs</button>
        <button class="button plain" aria-pressed=${query.show === 'batches'} onClick=${() => go('/jobs', {show: 'batches'})}>Batches</button>
      </div>
    </header>${shown}</div>`;
}

function List({query}) {
  const {state = '', task = '', review = '', before = ''} = query;
  const find = useSettled(query.find ?? '', TYPING);
  const path = `/v1/jobs?${new URLSearchParams(given({state, task, review, find, before, limit: PAGE}))}`;
  const {data, error, again} = useAsked((signal) => getJson(path, {signal}), [path], {keep: true});
  const busy = data?.jobs.some((job) => !hasEnded(job));
  useEvery(busy ? 1500 : 6000, again);
  const rows = data?.jobs ?? [];
  const filtered = state || task || review || find || before;
  return html`
    <${Filters} query=${query} />
    ${error && html`<${Trouble} error=${error} again=${again} />`}
    ${!data && !error && html`<div class="card"><${Waiting} lines=${10} /></div>`}
    ${data && !rows.length && (filtered
      ? html`<${Blank} title=${data.next ? 'None of the newer jobs fits these filters' : 'No job fits these filters'}><a href="#/jobs">Show all</a></${Blank}>`
      : html`<${Blank} title="Nothing was sent yet"><p>Jobs appear here as soon as they are sent, and are kept as long as this installation says.</p><a class="button main-action" href="#/">Send documents</a></${Blank}>`)}
    ${rows.length > 0 && html`<${Table} jobs=${rows} again=${again} />`}
    <nav class="row pager" aria-label="Older and newer jobs">
      ${before && html`<a class="button" href=${href('/jobs', {...query, before: ''})}>Newest</a>`}
      ${data?.next && html`<a class="button" href=${href('/jobs', {...query, before: data.next})}>Older</a>`}</nav>`;
}

const given = (wanted) => Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));

function Filters({query}) {
  const {data} = useAsked((signal) => getJson('/v1/tasks', {signal}), []);
  const tasks = data?.tasks.map((task) => task.name) ?? [query.task].filter(Boolean);
  const change = (name) => (event) => setQuery({[name]: event.target.value, before: ''});
  return html`<div class="filters row wrap" role="search">
    <select aria-label="State" value=${query.state ?? ''} onChange=${change('state')}>
      <option value="">Any state</option>
      ${STATES.map((state) => html`<option value=${state}>${stateName(state)}</option>`)}
    </select>
    <select aria-label="Task" value=${query.task ?? ''} onChange=${change('task')}>
      <option value="">Any task</option>${tasks.map((task) => html`<option>${task}</option>`)}
    </select>
    <select aria-label="Review" value=${query.review ?? ''} onChange=${change('review')}>
      <option value="">Reviewed or not</option><option value="needed">To be checked</option><option value="done">Checked</option>
    </select>
    <input type="search" aria-label="Find by file name or id" placeholder="File name or id" value=${query.find ?? ''} onInput=${change('find')} />
  </div>`;
}

function Table({jobs, again}) {
  return html`<div class="card rows" role="region" aria-label="Jobs" tabindex="0"><table>
    <thead><tr><th>State</th><th>Files</th><th class="wide-only">Task</th><th>Pages</th><th class="wide-only">Sent</th><th><span class="unseen">Actions</span></th></tr></thead>
    <tbody>${jobs.map((job) => html`<${Row} job=${job} again=${again} key=${job.id} />`)}</tbody>
  </table></div>`;
}

function Row({job, again}) {
  return html`<tr>
    <td><${State} state=${job.state} />
      ${job.review && html` <span class="tag ${job.review === 'needed' ? 'warn' : 'good'}">${job.review === 'needed' ? 'to check' : 'checked'}</span>`}</td>
    <td class="names"><a class="clip" href=${href(`/jobs/${job.id}`)} title=${job.files.map((file) => file.name).join('\n')}>${job.files[0]?.name ?? job.id}</a>
      ${job.files.length > 1 && html`<span class="quiet"> and ${plural(job.files.length - 1, 'more', 'more')}</span>`}
      ${job.problem && html`<div class="small danger clip" title=${job.problem.message}>${job.problem.message}</div>`}</td>
    <td class="quiet wide-only">${job.task}</td>
    <td class="pages"><${Pages} job=${job} /></td>
    <td class="quiet wide-only"><time datetime=${job.created} title=${when(job.created)}>${since(job.created)}</time></td>
    <td class="number"><${Actions} job=${job} again=${again} /></td>
  </tr>`;
}

function Pages({job}) {
  const {done, failed, total} = job.progress;
  if (hasEnded(job)) return html`<span>${count(done)}${failed > 0 && html` <span class="danger">· ${count(failed)} failed</span>`}</span>`;
  if (job.state === 'queued') return html`<span class="quiet">${job.position ? `${count(job.position)} ahead` : 'next'}</span>`;
  const last = total !== null && done + failed >= total;
  const going = pace(job);
  return html`<progress aria-label="Pages read" max=${total ?? 1} value=${total ? done + failed : 0} />
    <span class="small quiet">${total ? `${count(done + failed)} / ${count(total)}` : 'opening'}${last ? ' · result' : going && ` · ${span(going.left)} left`}</span>`;
}

function Actions({job, again}) {
  const [error, setError] = useState();
  const name = job.files[0]?.name ?? job.id;
  const act = (what) => () => ask(`/v1/jobs/${job.id}/${what}`, {method: 'POST'}).then(again, setError);
  if (canRetry(job)) return html`<button class="button plain tight" onClick=${act('retry')} title=${error?.message} aria-label=${`Retry ${name}`}>${error ? 'Not retried' : 'Retry'}</button>`;
  if (hasEnded(job)) return null;
  return html`<button class="button tight" onClick=${act('cancel')} title=${error?.message} aria-label=${`Cancel ${name}`}>${error ? 'Not cancelled' : 'Cancel'}</button>`;
}
