// A task's options, as a form made from their JSON Schema.
import {html} from '../vendor/preact.js';
import {title} from '../look/model.js';
import {SchemaChoice} from './schema.js';

export function Options({task, values, onChange}) {
  const set = (name, value) => {
    const next = {...values};
    if (value === undefined || value === '') delete next[name];
    else next[name] = value;
    onChange(next);
  };
  const {properties = {}, required = [], $defs = {}} = task.options;
  const shown = Object.entries(properties).filter(([name]) => name !== 'schema');
  const draw = ([name, schema]) => html`<${Option} key=${name} name=${name} schema=${schema} shared=${$defs} value=${values[name]}
    required=${required.includes(name)} onChange=${(value) => set(name, value)} />`;
  const needed = shown.filter(([name]) => required.includes(name));
  const others = shown.filter(([name]) => !required.includes(name));
  const count = others.filter(([name]) => name in values).length;
  return html`${properties.schema && html`<${SchemaChoice} value=${values.schema ?? 'invoice'} onChange=${(schema) => set('schema', schema)} />`}
    ${needed.length > 0 && html`<div class="card pad stack">${needed.map(draw)}</div>`}
    ${others.length > 0 && html`<details class="card options"><summary class="pad">Options${count > 0 && html` <span class="tag accent">${count}</span>`}</summary>
    <div class="pad fields-of">${others.map(draw)}</div></details>`}`;
}

function kindOf(schema, shared) {
  const parts = (schema.anyOf ?? [schema]).map((part) => shared[part.$ref?.split('/').at(-1)] ?? part);
  const named = parts.find((part) => part.enum);
  if (named) return {kind: 'choice', among: named.enum};
  const types = parts.map((part) => part.type).filter((type) => type && type !== 'null');
  return {kind: types.includes('array') ? 'array' : types[0] ?? 'json'};
}

function Option({name, schema, shared, value, required, onChange}) {
  const {kind, among} = kindOf(schema, shared);
  const note = schema.description ?? '';
  if (kind === 'boolean') {
    return html`<label class="row"><input type="checkbox" checked=${value ?? schema.default ?? false} onChange=${(event) => onChange(event.target.checked === (schema.default ?? false) ? undefined : event.target.checked)} />
      <span>${title(name)}<span class="quiet small note">${note}</span></span></label>`;
  }
  if (kind === 'choice') {
    return html`<label class="label">${title(name)}<select value=${value ?? ''} onChange=${(event) => onChange(event.target.value)}><option value="">${schema.default ?? ''}</option>
      ${among.filter((one) => one !== schema.default).map((one) => html`<option>${one}</option>`)}</select><span class="quiet note">${note}</span></label>`;
  }
  if (kind === 'array') return html`<${Lines} name=${name} note=${note} schema=${schema} value=${value} required=${required} onChange=${onChange} />`;
  if (!['string', 'integer', 'number'].includes(kind)) return null;
  const isNumber = kind !== 'string';
  const change = (event) => onChange(isNumber && event.target.value !== '' ? Number(event.target.value) : event.target.value);
  return html`<label class="label">${title(name)}<input type=${name === 'password' ? 'password' : isNumber ? 'number' : 'text'} step=${kind === 'number' ? 'any' : undefined} autocomplete="off"
    value=${value ?? ''} placeholder=${schema.default ?? ''} onInput=${change} /><span class="quiet note">${note}</span></label>`;
}

// A list of texts, one on each line.
function Lines({name, note, schema, value, required, onChange}) {
  const change = (event) => {
    const lines = event.target.value.split('\n').map((line) => line.trim()).filter(Boolean);
    onChange(lines.length ? lines : undefined);
  };
  const example = Array.isArray(schema.examples?.[0]) ? schema.examples[0].join('\n') : '';
  return html`<label class="label">${title(name)}, one on each line<textarea rows=${required ? 3 : 2} required=${required} placeholder=${example} onInput=${change}>${(value ?? []).join?.('\n')}</textarea><span class="quiet note">${note}</span></label>`;
}
