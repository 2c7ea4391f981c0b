// Charts drawn anew from the data that was read off them, to be held against the original.
import {html} from '../vendor/preact.js';
import {count, decimal, percent} from '../core/format.js';
import {Blank} from '../parts/parts.js';
import {pointId} from './model.js';
import {Picture} from './picture.js';

const WIDTH = 420;
const HEIGHT = 190;
const LEFT = 44;
const BOTTOM = 28;
const TONES = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];

export function Charts({charts, pages, source, lit, onLight, onPage}) {
  if (!charts.length) return html`<${Blank} title="No charts in this document" />`;
  return html`<div class="stack pad">${charts.map((chart, at) => html`<figure key=${at} class="card pad stack ${lit?.id === `p:${at}` ? 'on' : ''}"
      onMouseEnter=${() => onLight(`p:${at}`)} onMouseLeave=${() => onLight(null)}>
    <figcaption class="row wrap"><strong>${chart.title ?? 'Untitled chart'}</strong>
      <button class="button plain tight" onClick=${() => onPage(chart.page)}>page ${chart.page}</button>
      <span class="quiet small push">${chart.kind.replace('_', ' ')} · ${percent(chart.confidence)}</span></figcaption>
    ${chart.review.map((reason) => html`<p class="small reason">${reason.message}</p>`)}
    <div class="side-by-side"><${Original} chart=${chart} page=${pages.find((page) => page.number === chart.page)} source=${source} />
      <div class="stack"><span class="small quiet">Drawn from the data</span><${Drawing} chart=${chart} /></div></div>
    <${Numbers} chart=${chart} at=${at} lit=${lit} onLight=${onLight} />
  </figure>`)}</div>`;
}

const CROP = 1280;

// The chart as it is on the page: the page's picture, of which only the chart's place shows.
function Original({chart, page, source}) {
  if (!page?.width) return null;
  const [x0, y0, x1, y1] = chart.bbox;
  const wide = Math.max(0.01, x1 - x0);
  const high = Math.max(0.01, y1 - y0);
  const all = {width: `${100 / wide}%`, height: `${100 / high}%`, left: `${(-100 * x0) / wide}%`, top: `${(-100 * y0) / high}%`};
  return html`<div class="stack"><span class="small quiet">Original</span><div class="crop" style=${{aspectRatio: `${wide * page.width} / ${high * page.height}`}}>
    <div style=${all}><${Picture} path=${source(page, CROP)} alt=${`${chart.title ?? 'The chart'}, as it is on the page`} /></div></div></div>`;
}

const valuesOf = (chart) => chart.series.flatMap((series) => series.points.map((point) => point.y ?? 0));

function Drawing({chart}) {
  const values = valuesOf(chart);
  if (!values.length) return null;
  const inner = chart.kind === 'pie' ? html`<${Pie} points=${chart.series[0].points} />` : html`<${Plot} chart=${chart} />`;
  return html`<svg class="drawing" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${`${chart.title ?? 'Chart'}, drawn from its data; the table below has the values`}>${inner}</svg>
    ${chart.series.length > 1 && html`<ul class="row wrap small legend">${chart.series.map((series, at) => html`<li><span class="swatch ${TONES[at % 6]}"></span>${series.name ?? `Series ${at + 1}`}</li>`)}</ul>`}`;
}

function Plot({chart}) {
  const stacked = chart.kind === 'stacked_bar';
  const points = Math.max(...chart.series.map((series) => series.points.length));
  const sums = Array.from({length: points}, (_, at) => chart.series.reduce((sum, series) => sum + Math.max(0, series.points[at]?.y ?? 0), 0));
  const top = Math.max(0, ...(stacked ? sums : valuesOf(chart)));
  const low = Math.min(0, ...valuesOf(chart));
  const range = top - low || 1;
  const y = (value) => 8 + (HEIGHT - BOTTOM - 8) * (1 - (value - low) / range);
  const step = (WIDTH - LEFT) / points;
  const ticks = [low, low + range / 2, top];
  const isLine = chart.kind === 'line' || chart.kind === 'scatter';
  return html`<g>
    ${ticks.map((tick) => html`<line x1=${LEFT} x2=${WIDTH} y1=${y(tick)} y2=${y(tick)} class="rule" /><text x=${LEFT - 5} y=${y(tick) + 3} class="tick end">${decimal(tick)}</text>`)}
    ${isLine ? html`<${Lines} chart=${chart} step=${step} y=${y} />` : html`<${Bars} chart=${chart} step=${step} y=${y} stacked=${stacked} />`}
    ${chart.series[0]?.points.map((point, at) => (at % Math.ceil(points / 8) ? null : html`<text x=${LEFT + (at + 0.5) * step} y=${HEIGHT - 10} class="tick middle">${String(point.x).slice(0, 12)}</text>`))}
  </g>`;
}

function Bars({chart, step, y, stacked}) {
  const many = stacked ? 1 : chart.series.length;
  const wide = (step * 0.7) / many;
  const floors = [];
  return html`${chart.series.map((series, line) => series.points.map((point, at) => {
    const from = stacked ? floors[at] ?? 0 : 0;
    const to = from + (point.y ?? 0);
    floors[at] = to;
    return html`<rect class=${TONES[line % 6]} x=${LEFT + at * step + step * 0.15 + (stacked ? 0 : line * wide)} width=${wide}
      y=${Math.min(y(from), y(to))} height=${Math.abs(y(from) - y(to))} />`;
  }))}`;
}

function Lines({chart, step, y}) {
  return html`${chart.series.map((series, line) => {
    const places = series.points.filter((point) => point.y !== null).map((point, at) => [LEFT + (at + 0.5) * step, y(point.y)]);
    return html`<g class=${TONES[line % 6]}>
      ${chart.kind === 'line' && html`<polyline points=${places.map((place) => place.join(',')).join(' ')} fill="none" />`}
      ${places.map(([x, height]) => html`<circle cx=${x} cy=${height} r="2.5" />`)}</g>`;
  })}`;
}

function Pie({points}) {
  const sum = points.reduce((total, point) => total + (point.y ?? 0), 0) || 1;
  let from = 0;
  return html`${points.map((point, at) => {
    const share = (point.y ?? 0) / sum;
    const to = from + share;
    const [x0, y0, x1, y1] = [from, to].flatMap((turn) => [WIDTH / 2 + 80 * Math.sin(turn * 2 * Math.PI), HEIGHT / 2 - 80 * Math.cos(turn * 2 * Math.PI)]);
    const middle = (from + to) * Math.PI;
    from = to;
    const path = share > 0.999 ? `M${WIDTH / 2} ${HEIGHT / 2 - 80}a80 80 0 1 1 -.1 0z` : `M${WIDTH / 2} ${HEIGHT / 2}L${x0} ${y0}A80 80 0 ${share > 0.5 ? 1 : 0} 1 ${x1} ${y1}z`;
    const right = Math.sin(middle) >= 0;
    return html`<path class=${TONES[at % 6]} d=${path} /><text class="tick ${right ? '' : 'end'}" x=${WIDTH / 2 + 88 * Math.sin(middle)} y=${HEIGHT / 2 - 88 * Math.cos(middle) + 3}>${point.x}</text>`;
  })}`;
}

function Numbers({chart, at, lit, onLight}) {
  return html`<div class="across" tabindex="0" role="region" aria-label=${`Values of chart ${at + 1}`}><table class="grid"><thead><tr>${chart.x_axis.title ? html`<th>${chart.x_axis.title}</th>` : html`<td></td>`}
    ${chart.series.map((series, line) => html`<th class="number">${series.name ?? chart.y_axis.title ?? `Series ${line + 1}`}${chart.y_axis.unit ? ` (${chart.y_axis.unit})` : ''}</th>`)}</tr></thead>
    <tbody>${(chart.series[0]?.points ?? []).map((point, row) => html`<tr><td>${point.x}</td>
      ${chart.series.map((series, line) => {
        const id = pointId(at, line, row);
        const value = series.points[row]?.y;
        return html`<td class="number ${lit?.id === id ? 'on' : ''}" onMouseEnter=${() => onLight(id)} onMouseLeave=${() => onLight(`p:${at}`)}>${value == null ? '–' : count(value)}</td>`;
      })}</tr>`)}</tbody></table></div>`;
}
