// What the chosen files will cost, before they are sent: they are measured, not read, and not kept.
import {html, useEffect, useState} from '../vendor/preact.js';
import {upload} from '../core/api.js';
import {count, money, plural, span} from '../core/format.js';

const SMALL = 20_000_000;
const MOST = 20;
const STILL = 500;

export function Estimate({files, task, options}) {
  const [state, setState] = useState({});
  const [asked, setAsked] = useState(false);
  const small = files.length <= MOST && files.reduce((sum, file) => sum + file.size, 0) <= SMALL;
  const wanted = JSON.stringify([task, options]);
  useEffect(() => {
    setState({});
    if (!files.length || !(small || asked)) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => measure(files, task, options, abort.signal).then(
      (plan) => setState({plan}),
      (error) => abort.signal.aborted || setState({error}),
    ), STILL);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [files, wanted, asked]);
  return html`<p class="estimate small" aria-live="polite">${words(state, {files, small, asked, ask: () => setAsked(true)})}</p>`;
}

function measure(files, task, options, signal) {
  const form = new FormData();
  form.append('task', task);
  form.append('options', JSON.stringify(options));
  for (const file of files) form.append('file', file, file.name);
  return upload('/v1/plan', form, () => {}, signal);
}

function words({plan, error}, {files, small, asked, ask}) {
  if (!files.length) return '';
  if (!small && !asked) return html`<button type="button" class="button tight" onClick=${ask}>Estimate pages and time</button>`;
  if (error) return html`<span class="danger">No estimate: ${error.message}</span>`;
  if (!plan) return 'Estimating…';
  const total = plan.totals[0];
  if (!total) return 'There is nothing in it that can be read.';
  const tokens = total.prompt_tokens + total.answer_tokens;
  return html`<span><strong>${plural(total.pages, 'page', 'pages')}</strong></span>
    ${tokens > 0 && html`<span>about <strong>${count(tokens)}</strong> tokens</span>`}
    <span>about <strong>${span(total.seconds)}</strong> of one worker</span>
    ${total.cost > 0 && html`<span>about <strong>${money(total.cost, plan.currency)}</strong></span>`}
    ${plan.unmeasured > 0 && html`<span class="quiet">${plural(plan.unmeasured, 'file', 'files')} of the archive taken to be like the others</span>`}
    ${!plan.speed_is_known && html`<span class="quiet">a guess: this model's speed was not measured</span>`}`;
}
