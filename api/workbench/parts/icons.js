// The few signs, drawn with strokes so that they take the text's colour.
import {html} from '../vendor/preact.js';

const PATHS = {
  send: 'M8 11V2M4.5 5.5 8 2l3.5 3.5M2.5 10v3.5h11V10',
  jobs: 'M2.5 3.5h11M2.5 8h11M2.5 12.5h7',
  check: 'M2.5 8.5 6 12l7.5-8',
  figures: 'M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11',
  close: 'M4 4l8 8M12 4l-8 8',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z',
  auto: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12',
  out: 'M6 2.500H2.500v11H6M10 4.500 13.500 8 10 11.500M13.500 8H6',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  width: 'M2 3v10M14 3v10M4.500 8h7M6.500 6l-2 2 2 2M9.500 6l2 2-2 2',
  down: 'M8 2v9M4.500 7.500 8 11l3.500-3.500M2.500 13.500h11',
  page: 'M4 2h5l3 3v9H4zM9 2v3h3',
  film: 'M2.500 3.500h11v9h-11zM5 3.500v9M11 3.500v9',
  pen: 'M3 13l.7-3L10.500 3l2.500 2.500L6 12.300z',
  retry: 'M13 8a5 5 0 1 1-1.500-3.600M13 2v3h-3',
};

export function Icon({name}) {
  return html`<svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor"
    stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    <path d=${PATHS[name]} /></svg>`;
}
