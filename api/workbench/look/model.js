// What a result holds, in the shape that the screen needs: marks on pages, and rows of fields.
// A mark is {id, page, boxes, tone}; boxes are [x0, y0, x1, y1] in fractions of the page.

const TABLES = 'table';

// A field's name as people read it: line_items → Line items, vat_id → VAT ID.
export function title(name) {
  const words = String(name).replace(/[_-]+/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/\b(ocr|vat|iban|bic|id|url|pdf)\b/gi, (word) => word.toUpperCase());
}

// Whether a text is nothing but a number, with a sign, a currency or a unit of money at most.
export const isNumeral = (text) => /^[-−+(]?\s?(\p{Sc}|[A-Z]{3}\s)?\s?[-−]?\d[\d.,'’\s]*(%|\p{Sc}|[A-Z]{3})?\s?\)?$/u.test(text.trim());

const escape = (step) => String(step).replace(/~/g, '~0').replace(/\//g, '~1');

export const stepsOf = (pointer) =>
  pointer.split('/').slice(1).map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));

// "/lines/2/total" → "Lines 3 › Total"
export function pointerTitle(pointer) {
  const names = [];
  for (const step of stepsOf(pointer)) {
    if (/^\d+$/.test(step) && names.length) names[names.length - 1] += ` ${Number(step) + 1}`;
    else names.push(title(step));
  }
  return names.join(' › ');
}

// Every leaf of an extraction: {pointer, name, value, evidence, reasons}.
export function leavesOf(extraction) {
  if (!extraction) return [];
  const reasons = new Map();
  for (const reason of extraction.review ?? []) {
    for (const pointer of reason.fields) {
      reasons.set(pointer, [...(reasons.get(pointer) ?? []), reason]);
    }
  }
  const found = [];
  const walk = (value, pointer) => {
    if (value !== null && typeof value === 'object') {
      for (const [step, inner] of Object.entries(value)) walk(inner, `${pointer}/${escape(step)}`);
      return;
    }
    found.push({
      pointer, value,
      name: stepsOf(pointer).at(-1) ?? '',
      evidence: extraction.evidence?.[pointer] ?? null,
      correction: extraction.corrections?.[pointer] ?? null,
      reasons: reasons.get(pointer) ?? [],
    });
  };
  walk(extraction.data, '');
  return found;
}

// The same leaves as they are laid out: single fields, and lists of records as tables.
export function layOut(extraction) {
  const leaves = new Map(leavesOf(extraction).map((leaf) => [leaf.pointer, leaf]));
  const items = [];
  const walk = (value, pointer, name) => {
    if (Array.isArray(value) && value.length && value.every(isRecord)) {
      const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
      const rows = value.map((row, at) => columns.map((column) => leaves.get(`${pointer}/${at}/${escape(column)}`) ?? null));
      items.push({kind: TABLES, pointer, name, columns, rows, correction: extraction.corrections?.[pointer] ?? null});
    } else if (value !== null && typeof value === 'object') {
      const inner = Object.entries(value);
      if (pointer) items.push({kind: 'group', pointer, name, empty: !inner.length});
      for (const [step, one] of inner) {
        walk(one, `${pointer}/${escape(step)}`, Array.isArray(value) ? `${title(name)} ${Number(step) + 1}` : step);
      }
    } else if (leaves.has(pointer)) {
      items.push({kind: 'leaf', depth: Math.max(0, stepsOf(pointer).length - 1), ...leaves.get(pointer), name});
    }
  };
  if (extraction) walk(extraction.data, '', '');
  return items;
}

function isRecord(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    && Object.values(value).every((one) => one === null || typeof one !== 'object');
}

export function shownValue(value) {
  if (value === null || value === undefined) return 'not stated';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 1 ? '1 row' : `${value.length} rows`;
  return String(value);
}

export function fieldMarks(leaves) {
  return leaves.filter((leaf) => leaf.evidence?.page && leaf.evidence.bbox).map((leaf) => ({
    id: leaf.pointer,
    page: leaf.evidence.page,
    boxes: leaf.evidence.boxes?.length ? leaf.evidence.boxes : [leaf.evidence.bbox],
    tone: leaf.reasons.length ? 'doubt' : 'field',
    time: leaf.evidence.time,
  }));
}

export const blockId = (page, at) => `b:${page}:${at}`;

export function blockMarks(page) {
  return page.blocks.map((block, at) => ({
    id: blockId(page.number, at), page: page.number, boxes: [block.bbox],
    tone: block.table ? 'table' : block.kind === 'chart' || block.kind === 'figure' ? 'chart' : 'block',
  }));
}

export const cellId = (page, at, cell) => `c:${page}:${at}:${cell}`;

export function tablesOf(document) {
  return document.pages.flatMap((page) => page.blocks.flatMap((block, at) =>
    block.table ? [{page: page.number, at, block, table: block.table}] : []));
}

export function cellMarks(tables) {
  return tables.flatMap(({page, at, table}) => table.cells.map((cell, number) => ({
    id: cellId(page, at, number), page, boxes: [cell.bbox], tone: 'cell',
  })));
}

export const pointId = (chart, series, point) => `p:${chart}:${series}:${point}`;

export function chartMarks(charts) {
  return charts.flatMap((chart, at) => [
    {id: `p:${at}`, page: chart.page, boxes: [chart.bbox], tone: 'chart'},
    ...chart.series.flatMap((series, line) => series.points.flatMap((point, number) => point.bbox
      ? [{id: pointId(at, line, number), page: chart.page, boxes: [point.bbox], tone: 'cell'}] : [])),
  ]);
}

// All marks under a point, the smallest first.
export function marksAt(marks, page, x, y) {
  const slack = 0.003;
  return marks
    .filter((mark) => mark.page === page)
    .flatMap((mark) => mark.boxes.map((box) => ({mark, box})))
    .filter(({box: [x0, y0, x1, y1]}) => x >= x0 - slack && x <= x1 + slack && y >= y0 - slack && y <= y1 + slack)
    .sort((a, b) => area(a.box) - area(b.box))
    .map(({mark}) => mark);
}

const area = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0);

// The word under a point, null where there is none.
export function wordAt(page, x, y) {
  for (const block of page.blocks) {
    for (const line of block.lines) {
      for (const word of line.words) {
        const [x0, y0, x1, y1] = word.bbox;
        if (x >= x0 && x <= x1 && y >= y0 && y <= y1) return word;
      }
    }
  }
  return null;
}
