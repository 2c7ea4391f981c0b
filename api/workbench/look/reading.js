// The words of one page, as headings, paragraphs, lists and tables. All of it is text, never markup.
import {html} from '../vendor/preact.js';
import {plural} from '../core/format.js';
import {Blank} from '../parts/parts.js';
import {blockId, cellId, isNumeral} from './model.js';

const FURNITURE = new Set(['header', 'footer', 'page_number', 'stamp']);

export function Reading({page, lit, onLight}) {
  if (page.problem) return html`<${Blank} title="This page could not be read"><p>${page.problem.message}</p></${Blank}>`;
  if (!page.blocks.length) return html`<${Blank} title="No words on this page" />`;
  return html`<div class="reading">${page.blocks.map((block, at) => {
    const id = blockId(page.number, at);
    return html`<div key=${id} class="block ${block.kind} ${lit?.id === id ? 'on' : ''} ${FURNITURE.has(block.kind) ? 'furniture' : ''}"
      onMouseEnter=${() => onLight(id)} onMouseLeave=${() => onLight(null)}>
      <${Body} block=${block} name=${`Block ${at + 1}`} />
      <span class="from">${block.kind.replace('_', ' ')} · ${block.source.replace('_', ' ')}</span></div>`;
  })}</div>`;
}

function Body({block, name}) {
  if (block.table) return html`<${Grid} table=${block.table} name=${name} />`;
  if (block.kind === 'heading') return html`<p class="heading-${Math.min(4, block.level ?? 1)}"><strong>${block.text}</strong></p>`;
  if (block.kind === 'list_item') return html`<p style=${{paddingLeft: `${(block.level ?? 1) * 14}px`}}>${block.marker ?? '•'} ${block.text}</p>`;
  return html`<p>${block.text}</p>`;
}

export function Grid({table, name, page, at, lit, onLight}) {
  const rows = Array.from({length: table.rows}, () => []);
  table.cells.forEach((cell, number) => rows[cell.row]?.push({...cell, id: cellId(page, at, number)}));
  const numbers = numberColumns(table);
  const draw = (cell, row) => {
    const tag = row < table.header_rows && cell.text.trim() ? 'th' : 'td';
    return html`<${tag} rowspan=${cell.row_span} colspan=${cell.column_span} class="${lit?.id === cell.id ? 'on' : ''} ${numbers.has(cell.column) && cell.column_span < 2 ? 'number' : ''}"
      onMouseEnter=${() => onLight?.(cell.id)} onMouseLeave=${() => onLight?.(null)}>${cell.text}</${tag}>`;
  };
  return html`<div class="across" tabindex="0" role="region" aria-label=${name}><table class="grid"><tbody>
    ${rows.map((row, number) => html`<tr>${row.sort((a, b) => a.column - b.column).map((cell) => draw(cell, number))}</tr>`)}
  </tbody></table></div>`;
}

// The columns whose values are numbers, for the most part: those stand at the right.
function numberColumns(table) {
  const found = new Set();
  for (let column = 0; column < table.columns; column += 1) {
    const texts = table.cells.filter((cell) => cell.column === column && cell.row >= table.header_rows && cell.text.trim()).map((cell) => cell.text);
    if (texts.length && texts.filter(isNumeral).length > texts.length * 0.7) found.add(column);
  }
  return found;
}

export function Tables({tables, lit, onLight, onPage}) {
  if (!tables.length) return html`<${Blank} title="No tables in this document" />`;
  return html`<div class="stack pad">${tables.map(({page, at, table}, number) => html`<section key=${`${page}.${at}`} class="stack">
    <h2 class="row">Table ${number + 1} <button class="button plain tight" onClick=${() => onPage(page)}>page ${page}</button>
      <span class="quiet small push">${plural(table.rows, 'row', 'rows')} × ${plural(table.columns, 'column', 'columns')}</span></h2>
    <${Grid} table=${table} name=${`Table ${number + 1}`} page=${page} at=${at} lit=${lit} onLight=${onLight} /></section>`)}</div>`;
}
