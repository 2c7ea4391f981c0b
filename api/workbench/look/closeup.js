// The words that a value was taken from, as large as they fit.
import {html, useRef} from '../vendor/preact.js';
import {useSize} from '../core/hooks.js';
import {Picture} from './picture.js';
import {Overlay} from './viewer.js';

const LARGEST = 5;
const PICTURE = 1920;

export function CloseUp({page, source, place, chosen, onPick}) {
  const box = useRef();
  const {width, height} = useSize(box);
  const at = (event) => {
    const frame = event.currentTarget.getBoundingClientRect();
    onPick(page, (event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height);
  };
  const style = place && page ? around(place.boxes, page, width, height) : null;
  return html`<div class="closeup" ref=${box}>
    ${style ? html`<div class="large" style=${style} onClick=${at}><${Picture} key=${page.number} path=${source(page, PICTURE)} alt="The words in close-up" />
        <${Overlay} marks=${chosen ? [chosen] : []} lit=${place} /></div>`
      : html`<p class="blank small">No words on the page were found for this value. Click the right ones below, or type.</p>`}
  </div>`;
}

// Where the page stands so that the boxes are in the middle, with their surroundings.
function around(boxes, page, width, height) {
  const x0 = Math.min(...boxes.map((box) => box[0]));
  const x1 = Math.max(...boxes.map((box) => box[2]));
  const y0 = Math.min(...boxes.map((box) => box[1]));
  const y1 = Math.max(...boxes.map((box) => box[3]));
  const ratio = page.height / page.width;
  const wanted = Math.min(0.5 / Math.max(x1 - x0, 0.01), (0.3 * height) / Math.max((y1 - y0) * ratio * width, 1));
  const wide = width * Math.max(0.6, Math.min(LARGEST, wanted));
  const high = wide * ratio;
  return {
    width: `${wide}px`, height: `${high}px`,
    left: `${width / 2 - ((x0 + x1) / 2) * wide}px`, top: `${height / 2 - ((y0 + y1) / 2) * high}px`,
  };
}
