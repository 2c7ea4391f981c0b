import {html} from '../vendor/preact.js';
export const Figures = () => html`<div class="screen"><header><h1>Figures</h1></header></div>`;
