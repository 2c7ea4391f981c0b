// Small hooks that the screens share.
import {useEffect, useLayoutEffect, useReducer, useRef, useState} from '../vendor/preact.js';
import {effect} from '../vendor/signals.js';

// The value of a signal; the component is drawn again when it changes.
export function useSignal(signal) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useLayoutEffect(() => {
    let first = true;
    return effect(() => {
      signal.value;
      if (!first) redraw();
      first = false;
    });
  }, [signal]);
  return signal.peek();
}

// What a promise gives: {data}, {error} or neither yet; `again` asks anew and keeps what is shown.
// When a need changes the old data go at once, or with `keep` as soon as there are new ones.
export function useAsked(ask, needs, {keep = false} = {}) {
  const [state, setState] = useState({});
  const [round, again] = useReducer((count) => count + 1, 0);
  const seen = useRef(needs);
  const fresh = !keep && seen.current.some((need, index) => need !== needs[index]);
  useEffect(() => {
    const abort = new AbortController();
    if (fresh) setState({});
    seen.current = needs;
    ask(abort.signal).then(
      (data) => abort.signal.aborted || setState({data}),
      (error) => abort.signal.aborted || setState((old) => ({data: old.data, error})),
    );
    return () => abort.abort();
  }, [...needs, round]);
  return {...(fresh ? {} : state), again};
}

// A value once it has stood still for so many milliseconds: what is typed, when typing pauses.
export function useSettled(value, milliseconds) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

// Width and height of an element, in CSS pixels.
export function useSize(ref) {
  const [size, setSize] = useState({width: 0, height: 0});
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const {width, height} = entry.contentRect;
      setSize({width: Math.round(width), height: Math.round(height)});
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return size;
}

// Calls back every so many milliseconds while the page is looked at.
export function useEvery(milliseconds, call) {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    const timer = setInterval(() => document.hidden || latest.current(), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}

// Keys of the whole page; not while somebody types, and not with Ctrl, Alt or Meta.
export function useKeys(bindings) {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    const listen = (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (event.target.closest('input, textarea, select, [contenteditable], dialog')) return;
      const call = latest.current[event.key];
      if (call && call(event) !== false) event.preventDefault();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

export function useTitle(title) {
  useEffect(() => {
    document.title = title ? `${title} · docvision` : 'docvision';
  }, [title]);
}
