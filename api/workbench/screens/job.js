// One job: while it is read, how far it is; afterwards its pages, and beside them what was found.
import {html, useState} from '../vendor/preact.js';
import {ask, getJson} from '../core/api.js';
import {count, decimal, plural, size, span, when} from '../core/format.js';
import {useAsked, useTitle} from '../core/hooks.js';
import {canRetry, hasEnded, pace, useJob} from '../core/live.js';
import {go, href} from '../core/route.js';
import {Downloads} from '../look/downloads.js';
import {History} from '../look/history.js';
import {Look} from '../look/look.js';
import {Icon} from '../parts/icons.js';
import {Blank, State, Trouble, Waiting} from '../parts/parts.js';

export function Job({id}) {
  const {job, error, again} = useJob(id);
  useTitle(job?.files[0]?.name ?? 'Job');
  if (error && !job) return html`<div class="screen"><h1 class="unseen">Job</h1><${Missing} error=${error} again=${again} /></div>`;
  if (!job) return html`<div class="screen"><h1 class="unseen">Job</h1><${Waiting} /></div>`;
  const hasResult = job.state === 'succeeded' || job.state === 'partial';
  return hasResult ? html`<${Done} job=${job} again=${again} />`
    : html`<div class="screen"><${Head} job=${job} again=${again} /><${Unfinished} job=${job} error=${error} again=${again} /></div>`;
}

function Missing({error, again}) {
  if (error.status !== 404) return html`<${Trouble} error=${error} again=${again} />`;
  return html`<${Blank} title="There is no such job"><p>It was erased, or it belongs to somebody else.</p><a class="button" href="#/jobs">All jobs</a></${Blank}>`;
}

function Head({job, again}) {
  const [error, setError] = useState();
  const act = (method, path, then) => ask(`/v1/jobs/${job.id}${path}`, {method}).then(then, setError);
  const erase = () => confirm('Erase this job with its files and its result?') && act('DELETE', '', () => go('/jobs'));
  return html`<header class="job-head"><a class="button plain tight" href="#/jobs" aria-label="All jobs">←</a>
    <h1 class="clip" title=${job.files.map((file) => file.name).join('\n')}>${job.files[0]?.name ?? 'Job'}${job.files.length > 1 ? ` + ${job.files.length - 1}` : ''}</h1>
    <${State} state=${job.state} />
    ${job.review === 'done' && html`<span class="tag good">checked</span>`}
    ${job.review === 'needed' && html`<a class="tag warn" href=${href(`/check/${job.id}`)}>to check</a>`}
    <span class="push"></span>
    ${error && html`<span class="danger small" role="alert">${error.message}</span>`}
    ${!hasEnded(job) && html`<button class="button" onClick=${() => act('POST', '/cancel', again)}>Cancel</button>`}
    ${canRetry(job) && html`<button class="button" onClick=${() => act('POST', '/retry', again)}><${Icon} name="retry" />Retry</button>`}
    ${hasEnded(job) && html`<button class="button plain danger" onClick=${erase}>Erase</button>`}
  </header>`;
}

function Unfinished({job, error, again}) {
  return html`<div class="stack">
    ${error && html`<${Trouble} error=${error} again=${again} />`}
    <section class="card pad stack" aria-live="polite">
      ${job.state === 'queued' && html`<h2>Waiting for a worker</h2><progress aria-label="Pages read" value="0" max="1" />
        <p class="quiet">${job.position ? `${plural(job.position, 'job is', 'jobs are')} ahead of this one.` : 'It is next.'}</p>`}
      ${job.state === 'running' && html`<${Running} job=${job} />`}
      ${job.state === 'cancelled' && html`<h2>This job was cancelled</h2><p>Nothing more is read, and there is no result. It can be taken up again, and what was sent can be downloaded, until ${job.expires ? when(job.expires) : 'it expires'}.</p>`}
      ${job.state === 'expired' && html`<h2>This job has expired</h2><p>Its files and its result were kept as long as was agreed and are gone. Send the files again to read them again.</p><p><a class="button" href="#/">Send documents</a></p>`}
      ${job.state === 'failed' && html`<h2>This job failed</h2><p>${job.problem?.message ?? 'No reason was given.'}</p>
        <p class="quiet small">Code <code>${job.problem?.code}</code>. ${job.problem?.retryable ? 'Trying again may help.' : 'The same file will fail again; something else has to change first.'}</p>`}
    </section>
    <${Facts} job=${job} />
    ${job.state !== 'expired' && html`<section class="card"><${Downloads} job=${job} hasResult=${false} /></section>`}
  </div>`;
}

function Running({job}) {
  const {done, failed, total} = job.progress;
  const going = pace(job);
  const last = total !== null && done + failed >= total;
  return html`<h2>${total ? `${count(done + failed)} of ${plural(total, 'page', 'pages')} read` : 'Opening the files'}</h2>
    <progress aria-label="Pages read" max=${total ?? 1} value=${total ? done + failed : undefined} />
    <p class="quiet">${last ? 'The result is being put together.' : going ? html`${decimal(going.rate * 60)} pages a minute · about ${span(going.left)} left` : 'The first page is being read.'}${failed > 0 && html` · <span class="danger">${plural(failed, 'page', 'pages')} could not be read</span>`}</p>`;
}

function Facts({job, result}) {
  const rows = [
    ['Task', job.task],
    job.files.length > 0 && ['Files', job.files.map((file) => `${file.name} (${size(file.size)})`).join(', ')],
    ['Sent', when(job.created)],
    job.started && ['Waited', span((new Date(job.started) - new Date(job.created)) / 1000)],
    job.finished && job.started && ['Took', span((new Date(job.finished) - new Date(job.started)) / 1000)],
    job.progress.total != null && ['Pages', `${count(job.progress.done)}${job.progress.failed ? `, ${count(job.progress.failed)} failed` : ''}`],
    result && ['Model', result.model],
    result?.usage.prompt_tokens > 0 && ['Tokens', `${count(result.usage.prompt_tokens)} asked, ${count(result.usage.answer_tokens)} answered`],
    job.expires && job.state !== 'expired' && ['Kept until', when(job.expires)],
    Object.keys(job.options).length > 0 && ['Options', JSON.stringify(job.options)],
    ['Id', job.id],
  ].filter(Boolean);
  return html`<section class="card pad"><dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>`;
}

function Done({job, again}) {
  const asked = useAsked((signal) => getJson(`/v1/jobs/${job.id}/result`, {signal}), [job.id, job.revision]);
  if (asked.error && !asked.data) {
    return html`<div class="screen"><${Head} job=${job} again=${again} />
      ${asked.error.status === 410 ? html`<${Blank} title="This job has expired"><p>${asked.error.message}</p></${Blank}>` : html`<${Trouble} error=${asked.error} again=${asked.again} />`}</div>`;
  }
  return html`<${Look} job=${job} result=${asked.data} again=${() => { again(); asked.again(); }}
    head=${html`<${Head} job=${job} again=${again} />`} facts=${html`<div class="stack"><${Facts} job=${job} result=${asked.data} />${job.review && html`<${History} job=${job} />`}</div>`} />`;
}
