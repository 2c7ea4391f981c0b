// What every screen shows in the same way: states, problems, nothing there, waiting.
import {html} from '../vendor/preact.js';
import {signOut} from '../core/session.js';
import {Icon} from './icons.js';

const STATES = {
  queued: 'Queued', running: 'Reading', succeeded: 'Done', partial: 'Partly done',
  failed: 'Failed', cancelled: 'Cancelled', expired: 'Expired',
};

export const stateName = (state) => STATES[state] ?? state;

export function State({state}) {
  return html`<span class="state ${state}">${stateName(state)}</span>`;
}

export function Blank({title, children}) {
  return html`<div class="blank"><h2>${title}</h2>${children}</div>`;
}

// An error with what can be done about it.
export function Trouble({error, again}) {
  if (error.status === 403) {
    return html`<${Blank} title="Your key does not allow this">
      <p>${error.message}</p>
      <button class="button" onClick=${signOut}>Sign in with another key</button>
    </${Blank}>`;
  }
  return html`<div class="notice bad" role="alert">
    <div class="stack"><strong>${error.status ? 'This did not work' : 'The server cannot be reached'}</strong>
      <span>${error.message}</span></div>
    ${again && html`<button class="button push" onClick=${again}><${Icon} name="retry" />Try again</button>`}
  </div>`;
}

// Grey bars where lines will be; they keep the place, so that nothing jumps.
export function Waiting({lines = 6}) {
  return html`<div class="stack pad" role="status" aria-label="Loading">
    ${Array.from({length: lines}, (_, line) => html`<div class="skeleton" style=${{width: `${92 - (line * 17) % 50}%`}} />`)}
  </div>`;
}
