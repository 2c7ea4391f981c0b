// A task's options, as a form made from their JSON Schema.
import {html} from '../vendor/preact.js';
import {title} from '../look/model.js';

export function Options({task, values, onChange}) {
  const set = (name, value) => {
    const next = {...values};
    if (value === undefined || value === '') delete next[name];
    else next[name] = value;
    onChange(next);
  };
  const fields = Object.entries(task.options.properties ?? {});
  if (!fields.length) return null;
  return html`<details class="card options"><summary class="pad">Options${Object.keys(values).length > 0 && html` <span class="tag accent">${Object.keys(values).length}</span>`}</summary>
    <div class="pad fields-of">${fields.map(([name, schema]) => html`<${Option} key=${name} name=${name} schema=${schema} shared=${task.options.$defs ?? {}} value=${values[name]} onChange=${(value) => set(name, value)} />`)}</div></details>`;
}

function kindOf(schema, shared) {
  const parts = (schema.anyOf ?? [schema]).map((part) => shared[part.$ref?.split('/').at(-1)] ?? part);
  const named = parts.find((part) => part.enum);
  if (named) return {kind: 'choice', among: named.enum};
  const types = parts.map((part) => part.type).filter((type) => type && type !== 'null');
  return {kind: types[0] ?? 'json'};
}

function Option({name, schema, shared, value, onChange}) {
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
  if (!['string', 'integer', 'number'].includes(kind)) return null;
  const isNumber = kind !== 'string';
  const change = (event) => onChange(isNumber && event.target.value !== '' ? Number(event.target.value) : event.target.value);
  return html`<label class="label">${title(name)}<input type=${name === 'password' ? 'password' : isNumber ? 'number' : 'text'} step=${kind === 'number' ? 'any' : undefined} autocomplete="off"
    value=${value ?? ''} placeholder=${schema.default ?? ''} onInput=${change} /><span class="quiet note">${note}</span></label>`;
}
