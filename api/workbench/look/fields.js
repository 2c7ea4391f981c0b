// The extracted fields beside the pages. Pointing at one lights its words; Enter corrects it.
import {html, useEffect, useRef, useState} from '../vendor/preact.js';
import {percent, when} from '../core/format.js';
import {Icon} from '../parts/icons.js';
import {Blank} from '../parts/parts.js';
import {layOut, pointerTitle, shownValue, title} from './model.js';

// So many values can be unsure that a tag must do; what else is wrong is said in words.
const UNSURE = 'uncertain';

export function Fields({extraction, lit, onLight, onDecide, onRewrite}) {
  const [editing, setEditing] = useState(null);
  const decide = async (...decision) => {
    await onDecide(...decision);
    setEditing(null);
  };
  const rewrite = async (...rows) => {
    await onRewrite(...rows);
    setEditing(null);
  };
  const items = layOut(extraction);
  const doubts = extraction.review ?? [];
  const loose = doubts.filter((reason) => !reason.fields.length);
  if (!items.length) return html`<${Blank} title="No field was found" />`;
  const shared = {lit, onLight, editing, setEditing, decide, rewrite};
  return html`<div class="fields">
    ${loose.map((reason) => html`<p class="notice warn small">${reason.message}</p>`)}
    ${items.map((item) => html`<${Item} key=${`${item.kind}${item.pointer}`} item=${item} ...${shared} />`)}
  </div>`;
}

function Item({item, ...shared}) {
  if (item.kind === 'group') return html`<h2 class="group">${title(item.name)}${item.empty && html` <span class="quiet">none</span>`}</h2>`;
  if (item.kind === 'table') return html`<${Records} item=${item} ...${shared} />`;
  return html`<${Row} leaf=${item} ...${shared} />`;
}

function Row({leaf, lit, onLight, editing, setEditing, decide}) {
  const isLit = lit?.id === leaf.pointer;
  const row = useFollow(isLit && !lit.mine);
  return html`<div class="field ${isLit ? 'on' : ''} ${leaf.reasons.length ? 'doubt' : ''}" ref=${row} data-pointer=${leaf.pointer}
      onMouseEnter=${() => onLight(leaf.pointer)} onMouseLeave=${() => onLight(null)}>
    <button class="value-of" style=${{'--depth': leaf.depth}} onFocus=${() => onLight(leaf.pointer)} onBlur=${() => onLight(null)}
        onClick=${() => onLight(leaf.pointer)} onKeyDown=${(event) => moves(event, () => setEditing(leaf.pointer))}>
      <span class="name">${title(leaf.name)}</span>
      <span class="value ${leaf.value === null ? 'quiet' : ''}">${shownValue(leaf.value)}</span>
      <${Sureness} leaf=${leaf} />
    </button>
    <button class="button plain tight pen" title="Correct" aria-label=${`Correct ${pointerTitle(leaf.pointer)}`} onClick=${() => setEditing(leaf.pointer)}><${Icon} name="pen" /></button>
    ${leaf.reasons.filter((reason) => reason.code !== UNSURE).map((reason) => html`<p class="reason small">${reason.message}</p>`)}
    ${editing === leaf.pointer && html`<${Edit} leaf=${leaf} decide=${decide} close=${() => setEditing(null)} />`}
  </div>`;
}

export function Sureness({leaf}) {
  const {evidence, correction} = leaf;
  if (correction) return html`<span class="tag ${correction.action === 'accept' ? 'good' : 'accent'}" title=${settledBy(correction)}>${correction.action === 'accept' ? 'checked' : 'corrected'}</span>`;
  const unsure = leaf.reasons.find((reason) => reason.code === UNSURE);
  if (!evidence) return html`<span class="sure quiet">${unsure && html`<span class="tag warn" title=${unsure.message}>unsure</span>`}</span>`;
  return html`<span class="sure" title=${evidence.verified ? 'The words stand on the page' : 'Not verified against the page'}>
    ${!evidence.verified ? html`<span class="tag warn">unverified</span>` : unsure && html`<span class="tag warn" title=${unsure.message}>unsure</span>`}${percent(evidence.confidence)}</span>`;
}

function settledBy({by, at, before, action}) {
  const was = action === 'accept' ? '' : `; it was: ${shownValue(before)}`;
  return `${by ?? 'Somebody'}, ${when(at)}${was}`;
}

function Records({item, lit, onLight, editing, setEditing, decide, rewrite}) {
  const [error, setError] = useState('');
  const edited = item.rows.flat().find((leaf) => leaf && leaf.pointer === editing);
  const numbers = item.columns.map((_, at) => item.rows.some((row) => typeof row[at]?.value === 'number'));
  const rows = item.rows.map((row) => Object.fromEntries(row.flatMap((leaf, at) => (leaf ? [[item.columns[at], leaf.value]] : []))));
  const write = (next) => rewrite(item.pointer, next).then(() => setError(''), (problem) => setError(problem.message));
  const add = () => write([...rows, Object.fromEntries(item.columns.map((column) => [column, null]))]);
  const drop = () => write(rows.filter((_, at) => !item.rows[at].includes(edited)));
  return html`<section class="records"><h2 class="group">${title(item.name)} <span class="quiet">${item.rows.length}</span>
      ${item.correction && html` <span class="tag accent" title=${settledBy(item.correction)}>rows corrected</span>`}</h2>
    <div class="across" tabindex="0" role="region" aria-label=${title(item.name)}><table>
      <thead><tr>${item.columns.map((column, at) => html`<th class=${numbers[at] ? 'number' : ''}>${title(column)}</th>`)}</tr></thead>
      <tbody>${item.rows.map((row) => html`<tr>${row.map((leaf, at) => html`<${Cell} leaf=${leaf} isNumber=${numbers[at]} lit=${lit} onLight=${onLight} setEditing=${setEditing} />`)}</tr>`)}</tbody>
    </table></div>
    ${edited && html`<${Edit} leaf=${edited} decide=${decide} close=${() => setEditing(null)}>
      <button type="button" class="button tight" onClick=${drop}>Remove this row</button></${Edit}>`}
    <p class="pad row"><button class="button plain tight" onClick=${add}><${Icon} name="plus" />Add a row</button>${error && html`<span class="small danger" role="alert">${error}</span>`}</p>
  </section>`;
}

function Cell({leaf, isNumber, lit, onLight, setEditing}) {
  const isLit = Boolean(leaf) && lit?.id === leaf.pointer;
  const cell = useFollow(isLit && !lit.mine);
  if (!leaf) return html`<td></td>`;
  const reasons = leaf.reasons.map((reason) => reason.message).join(' ');
  return html`<td ref=${cell} data-pointer=${leaf.pointer} class="${isLit ? 'on' : ''} ${reasons ? 'doubt' : ''} ${isNumber ? 'number' : ''}"
      onMouseEnter=${() => onLight(leaf.pointer)} onMouseLeave=${() => onLight(null)}>
    <button class="cell" title=${reasons || undefined} onFocus=${() => onLight(leaf.pointer)} onBlur=${() => onLight(null)}
      onClick=${() => setEditing(leaf.pointer)} onKeyDown=${(event) => moves(event, () => setEditing(leaf.pointer))}>
      ${leaf.value === null ? html`<span class="quiet">–</span><span class="unseen">not stated</span>` : shownValue(leaf.value)}</button></td>`;
}

// The arrow keys go from field to field, Enter corrects.
function moves(event, edit) {
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (step) {
    const all = [...event.currentTarget.closest('.fields').querySelectorAll('.value-of, .cell')];
    all[all.indexOf(event.currentTarget) + step]?.focus();
  } else if (event.key === 'Enter') edit();
  else return;
  event.preventDefault();
}

function useFollow(follow) {
  const node = useRef();
  useEffect(() => {
    if (follow) node.current?.scrollIntoView({block: 'nearest'});
  }, [follow]);
  return node;
}

function Edit({leaf, decide, close, children}) {
  const [text, setText] = useState(leaf.value === null ? '' : String(leaf.value));
  const [error, setError] = useState('');
  const input = useRef();
  useEffect(() => input.current.select(), []);
  const run = (action) => async (event) => {
    event.preventDefault();
    try {
      await decide(leaf, action, text);
    } catch (problem) {
      setError(problem.message);
    }
  };
  return html`<form class="edit" onSubmit=${run('correct')} onKeyDown=${(event) => event.key === 'Escape' && close()}>
    <input type="text" ref=${input} value=${text} aria-label=${pointerTitle(leaf.pointer)} onInput=${(event) => setText(event.target.value)} />
    <div class="row wrap">
      <button class="button main-action tight">Correct</button>
      <button type="button" class="button tight" onClick=${run('accept')}>Accept as it is</button>
      <button type="button" class="button tight" onClick=${run('absent')}>Not on the page</button>${children}
      <button type="button" class="button plain tight push" onClick=${close}>Close</button>
    </div>
    ${error && html`<p class="small danger" role="alert">${error}</p>`}
  </form>`;
}
