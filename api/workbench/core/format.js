// Numbers, sizes, dates and spans of time, as the reader's own language writes them.
const number = new Intl.NumberFormat();
const oneDigit = new Intl.NumberFormat(undefined, {maximumFractionDigits: 1});
const percentage = new Intl.NumberFormat(undefined, {style: 'percent', maximumFractionDigits: 0});
const moment = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'short'});
const hour = new Intl.DateTimeFormat(undefined, {timeStyle: 'short'});
const day = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short'});
const ago = new Intl.RelativeTimeFormat(undefined, {numeric: 'auto', style: 'narrow'});
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

export const count = (value) => number.format(value);
export const decimal = (value) => oneDigit.format(value);
export const percent = (value) => percentage.format(value);
export const when = (iso) => moment.format(new Date(iso));

export function whenShort(iso) {
  const date = new Date(iso);
  return Date.now() - date < 20 * 3600e3 ? hour.format(date) : day.format(date);
}

export function size(bytes) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: UNITS[step],
    unitDisplay: step ? 'short' : 'long',
    maximumFractionDigits: value < 10 && step ? 1 : 0,
  }).format(value);
}

export function span(seconds) {
  const steps = [['hour', 3600], ['minute', 60], ['second', 1]];
  const at = steps.findIndex(([, length]) => seconds >= length);
  if (at < 0) return unit(seconds < 0.05 ? 0 : seconds, 'second', 1);
  const [name, length] = steps[at];
  if (name === 'second') return unit(seconds, name, seconds < 10 ? 1 : 0);
  const whole = Math.floor(seconds / length);
  const rest = Math.round((seconds - whole * length) / steps[at + 1][1]);
  if (!rest) return unit(whole, name, 0);
  return `${unit(whole, name, 0)} ${unit(rest, steps[at + 1][0], 0)}`;
}

export function since(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  for (const [name, length] of [['day', 86400], ['hour', 3600], ['minute', 60]]) {
    if (Math.abs(seconds) >= length) return ago.format(Math.round(seconds / length), name);
  }
  return ago.format(0, 'second');
}

// A place in a video: 1:02.5
export function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - minutes * 60).toFixed(1).padStart(4, '0');
  return `${minutes}:${rest}`;
}

export const money = (amount, currency) =>
  new Intl.NumberFormat(undefined, {style: 'currency', currency, maximumSignificantDigits: 3}).format(amount);

export const plural = (amount, one, many) => `${count(amount)} ${amount === 1 ? one : many}`;

function unit(value, name, digits) {
  return new Intl.NumberFormat(undefined, {
    style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits,
  }).format(value);
}
