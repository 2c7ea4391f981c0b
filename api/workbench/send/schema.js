// Which fields to extract: a built-in schema, one saved before, or a new table of fields.
import {html, useState} from '../vendor/preact.js';
import {ask, getJson, sendJson} from '../core/api.js';
import {plural} from '../core/format.js';
import {useAsked} from '../core/hooks.js';
import {title} from '../look/model.js';
import {Icon} from '../parts/icons.js';
import {Trouble} from '../parts/parts.js';

const NEW = '';
const TYPES = [['text', 'Text'], ['number', 'Number'], ['integer', 'Whole number'], ['date', 'Date'], ['flag', 'Yes or no'], ['choice', 'One of'], ['texts', 'List of texts'], ['rows', 'Rows of a table']];
const EMPTY = {name: '', type: 'text', meaning: '', required: false};

// What a field of the table is as JSON Schema; `more` is what a type needs besides its name.
function schemaOf({type, meaning, more = '', required}) {
  const words = more.split(',').map((word) => word.trim()).filter(Boolean);
  const plain = {
    text: {type: 'string'}, number: {type: 'number'}, integer: {type: 'integer'}, flag: {type: 'boolean'},
    date: {type: 'string', format: 'date'}, choice: {type: 'string', enum: words},
  }[type];
  const described = meaning ? {description: meaning} : {};
  if (type === 'texts') return {type: 'array', items: {type: 'string'}, ...described};
  if (type === 'rows') {
    const columns = Object.fromEntries(words.map((word) => [nameOf(word), {type: ['string', 'null'], description: word}]));
    return {type: 'array', items: {type: 'object', properties: columns}, ...described};
  }
  const optional = required ? plain : {...plain, type: [plain.type, 'null'], ...(plain.enum && {enum: [...plain.enum, null]})};
  return {...optional, ...described};
}

export const nameOf = (words) => words.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_+|_+$/g, '');

export function bodyOf(label, fields) {
  const named = fields.filter((field) => nameOf(field.name));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema', title: label, type: 'object',
    properties: Object.fromEntries(named.map((field) => [nameOf(field.name), schemaOf(field)])),
    required: named.filter((field) => field.required).map((field) => nameOf(field.name)),
  };
}

// The table again from a schema that was saved; null where it holds what the table cannot show.
export function fieldsOf(body) {
  const required = new Set(body.required ?? []);
  const rows = Object.entries(body.properties ?? {}).map(([name, schema]) => {
    const type = [schema.type].flat().find((one) => one !== 'null');
    const isNullable = [schema.type].flat().includes('null');
    const shared = {name: title(name), meaning: schema.description ?? '', required: required.has(name) && !isNullable};
    if (schema.enum) return {...shared, type: 'choice', more: schema.enum.filter((one) => one !== null).join(', ')};
    if (type === 'array' && schema.items?.properties) return {...shared, type: 'rows', more: Object.keys(schema.items.properties).map(title).join(', ')};
    if (type === 'array') return {...shared, type: 'texts'};
    if (schema.format === 'date') return {...shared, type: 'date'};
    return {...shared, type: {string: 'text', number: 'number', integer: 'integer', boolean: 'flag'}[type]};
  });
  return rows.every((row) => row.type) ? rows : null;
}

// `value` is what the job's option holds: a built-in's name, or a schema's body.
export function SchemaChoice({value, onChange}) {
  const {data, error, again} = useAsked((signal) => getJson('/v1/schemas', {signal}), []);
  const [editing, setEditing] = useState(null);
  if (error) return html`<${Trouble} error=${error} again=${again} />`;
  const schemas = data?.schemas ?? [];
  const saved = schemas.filter((one) => !one.built_in);
  const chosen = typeof value === 'string' ? value : saved.find((one) => one.schema.title === value?.title)?.name ?? NEW;
  const choose = (name) => {
    const one = schemas.find((schema) => schema.name === name);
    setEditing(null);
    if (one) onChange(one.built_in ? one.name : one.schema);
    else setEditing({name: '', fields: [EMPTY, EMPTY, EMPTY]});
  };
  const one = schemas.find((schema) => schema.name === chosen);
  const names = Object.keys((one?.schema ?? value)?.properties ?? {});
  const done = async (name) => {
    setEditing(null);
    const body = await getJson(`/v1/schemas/${name}`);
    again();
    onChange(body);
  };
  const forget = async () => {
    await ask(`/v1/schemas/${chosen}`, {method: 'DELETE'});
    onChange('invoice');
    again();
  };
  return html`<div class="card pad stack">
    <div class="row wrap"><label class="label schema-choice">Fields to extract<select value=${editing ? NEW : chosen} onChange=${(event) => choose(event.target.value)}>
        <optgroup label="Built in">${schemas.filter((schema) => schema.built_in).map((schema) => html`<option value=${schema.name}>${schema.title}</option>`)}</optgroup>
        ${saved.length > 0 && html`<optgroup label="Saved">${saved.map((schema) => html`<option value=${schema.name}>${schema.title}</option>`)}</optgroup>`}
        <option value=${NEW}>New table of fields…</option></select></label>
      ${one && !editing && html`<button type="button" class="button" onClick=${() => setEditing({name: one.built_in ? '' : one.name, fields: fieldsOf(one.schema) ?? [EMPTY]})} disabled=${!fieldsOf(one.schema)}><${Icon} name="pen" />${one.built_in ? 'Copy and change' : 'Change'}</button>`}
      ${one && !one.built_in && !editing && html`<button type="button" class="button plain danger" onClick=${forget}>Forget</button>`}</div>
    ${!editing && names.length > 0 && html`<p class="small quiet">${plural(names.length, 'field', 'fields')}: ${names.map(title).join(' · ')}</p>`}
    ${editing && html`<${Editor} start=${editing} onDone=${done} onCancel=${() => setEditing(null)} />`}
  </div>`;
}

function Editor({start, onDone, onCancel}) {
  const [name, setName] = useState(start.name);
  const [fields, setFields] = useState(start.fields);
  const [error, setError] = useState();
  const change = (at, changes) => setFields(fields.map((field, index) => (index === at ? {...field, ...changes} : field)));
  const save = async () => {
    const short = name.trim().replace(/[^A-Za-z0-9_-]+/g, '_');
    try {
      await sendJson('PUT', `/v1/schemas/${encodeURIComponent(short)}`, bodyOf(name.trim(), fields));
      await onDone(short);
    } catch (problem) {
      setError(problem);
    }
  };
  return html`<div class="stack"><div class="across" tabindex="0" role="region" aria-label="Fields"><table class="schema-table">
    <thead><tr><th>Field</th><th>Type</th><th>Meaning</th><th>Always there</th><th><span class="unseen">Remove</span></th></tr></thead>
    <tbody>${fields.map((field, at) => html`<tr key=${at}><td><input type="text" aria-label=${`Name of field ${at + 1}`} value=${field.name} placeholder="Total" onInput=${(event) => change(at, {name: event.target.value})} /></td>
      <td><select aria-label=${`Type of field ${at + 1}`} value=${field.type} onChange=${(event) => change(at, {type: event.target.value})}>${TYPES.map(([type, word]) => html`<option value=${type}>${word}</option>`)}</select>
        ${['choice', 'rows'].includes(field.type) && html`<input type="text" aria-label=${`${field.type === 'rows' ? 'Columns' : 'Choices'} of field ${at + 1}`} value=${field.more ?? ''} placeholder=${field.type === 'rows' ? 'Article, Quantity, Price' : 'cash, card'} onInput=${(event) => change(at, {more: event.target.value})} />`}</td>
      <td><input type="text" aria-label=${`Meaning of field ${at + 1}`} value=${field.meaning} placeholder="the sum with tax" onInput=${(event) => change(at, {meaning: event.target.value})} /></td>
      <td><input type="checkbox" aria-label=${`Field ${at + 1} is always there`} checked=${field.required} onChange=${(event) => change(at, {required: event.target.checked})} /></td>
      <td><button type="button" class="button plain tight" aria-label=${`Remove field ${at + 1}`} onClick=${() => setFields(fields.filter((_, index) => index !== at))}><${Icon} name="close" /></button></td></tr>`)}</tbody></table></div>
    <div class="row wrap"><button type="button" class="button" onClick=${() => setFields([...fields, EMPTY])}><${Icon} name="plus" />Field</button>
      <label class="row small push save-as">Save as <input type="text" aria-label="Name of the schema" value=${name} placeholder="delivery_note" onInput=${(event) => setName(event.target.value)} /></label>
      <button type="button" class="button main-action" disabled=${!name.trim() || !fields.some((field) => nameOf(field.name))} onClick=${save}>Save</button>
      <button type="button" class="button plain" onClick=${onCancel}>Cancel</button></div>
    ${error && html`<p class="danger small" role="alert">${error.message}</p>`}
  </div>`;
}
