// Settling a doubtful field: accepting, correcting, or saying that the page does not state it.
import {sendJson} from './api.js';

// What somebody typed, as the kind of value that stood there before. A number may be written as
// the reader's language writes it; the server says where the value does not fit.
export function typed(text, before) {
  const plain = text.trim();
  if (typeof before === 'number') {
    const number = parseNumber(plain);
    return number ?? plain;
  }
  if (typeof before === 'boolean') return /^(yes|true|1)$/i.test(plain);
  return plain;
}

const decimalSign = new Intl.NumberFormat().formatToParts(1.5).find((part) => part.type === 'decimal').value;

export function parseNumber(text) {
  const bare = text.replace(/[\s\u00a0\u202f'’]/g, '').replace(/[^\d.,+-]/g, '');
  const last = Math.max(bare.lastIndexOf(','), bare.lastIndexOf('.'));
  if (last < 0) return bare && Number.isFinite(Number(bare)) ? Number(bare) : null;
  const digits = bare.length - last - 1;
  const sign = bare[last];
  const isDecimal = digits !== 3 || sign === decimalSign || bare.split(sign).length === 2 && bare.includes(sign === ',' ? '.' : ',');
  const number = Number(isDecimal ? `${bare.slice(0, last).replace(/[.,]/g, '')}.${bare.slice(last + 1)}` : bare.replace(/[.,]/g, ''));
  return Number.isFinite(number) ? number : null;
}

// A list whose rows are too many or too few is written anew.
export function reviewRows(jobId, document, pointer, rows) {
  const decision = {document, part: 'extraction', pointer, action: 'correct', value: rows};
  return sendJson('POST', `/v1/jobs/${jobId}/reviews`, {decisions: [decision]});
}

// `where` names the place: {document, part, pointer}; `leaf` has the value that stood there.
export function review(jobId, where, leaf, action, text, words) {
  const decision = {document: where.document, part: where.part ?? 'extraction', pointer: leaf.pointer, action};
  if (action === 'correct') decision.value = typed(text, leaf.value);
  if (words) decision.words = words;
  return sendJson('POST', `/v1/jobs/${jobId}/reviews`, {decisions: [decision]});
}
