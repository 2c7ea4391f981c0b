// Batches: many files sent as one, with the count of what became of each.
import {html} from '../vendor/preact.js';
import {getJson} from '../core/api.js';
import {useAsked} from '../core/hooks.js';
import {Blank, Trouble, Waiting} from '../parts/parts.js';

export function Batches() {
  const {data, error, again} = useAsked((signal) => getJson('/v1/batches', {signal}), []);
  if (error) return html`<${Trouble} error=${error} again=${again} />`;
  if (!data) return html`<div class="card"><${Waiting} /></div>`;
  return html`<${Blank} title="No batches yet" />`;
}
