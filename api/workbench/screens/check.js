import {html} from '../vendor/preact.js';
export const Check = () => html`<div class="screen"><header><h1>Check</h1></header></div>`;
