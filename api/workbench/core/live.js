// A job as it changes: by server-sent events, and by long polling where those do not come through.
import {useEffect, useState} from '../vendor/preact.js';
import {ask, getJson} from './api.js';

const LONG_POLL_SECONDS = 20;
const QUEUED_SECONDS = 5;
const AGAIN_AFTER = 2000;
const ENDED = new Set(['succeeded', 'partial', 'failed', 'cancelled', 'expired']);

// Whether what was not read can still be read: the files are there, and something is missing.
export const canRetry = (job) => ['partial', 'failed', 'cancelled'].includes(job.state);

export const hasEnded = (job) => ENDED.has(job.state);

// Returns {job, error}; follows the job until it has ended. `again` starts over.
export function useJob(id) {
  const [state, setState] = useState({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    const show = (job) => setState({job});
    follow(id, show, abort.signal).catch((error) => {
      if (!abort.signal.aborted) setState((old) => ({...old, error}));
    });
    return () => abort.abort();
  }, [id, round]);
  return {...state, again: () => setRound(round + 1)};
}

async function follow(id, show, signal) {
  let job = await getJson(`/v1/jobs/${id}`, {signal});
  show(job);
  while (!hasEnded(job)) {
    try {
      // Where a job stands in the queue is no change of its own; it is asked for.
      const told = job.state === 'queued' ? null : await byEvents(id, show, signal);
      job = told ?? await byPolling(job, signal);
      show(job);
    } catch (error) {
      if (signal.aborted || error.status) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
    }
  }
}

async function byPolling(job, signal) {
  const wait = job.state === 'queued' ? QUEUED_SECONDS : LONG_POLL_SECONDS;
  return getJson(`/v1/jobs/${job.id}?wait=${wait}&revision=${job.revision}`, {signal});
}

// Follows the stream of events to its end; returns the last job it told of, null where it told none.
async function byEvents(id, show, signal) {
  const response = await ask(`/v1/jobs/${id}/events`, {signal}).catch((error) => {
    if (error.status === 404 || error.status === 405) return null;
    throw error;
  });
  if (!response) return null;
  let last = null;
  for await (const data of eventsOf(response)) {
    if (!data.state || data.id !== id) continue;
    last = data;
    show(data);
  }
  return last;
}

// Yields the data of each event of a text/event-stream.
async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    const parts = (text + value).split(/\r?\n\r?\n/);
    text = parts.pop();
    for (const part of parts) {
      const data = part.split(/\r?\n/).filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim()).join('\n');
      if (data) yield JSON.parse(data);
    }
  }
}

// Pages each second, and the seconds left; null until there is something to go by.
export function pace(job) {
  const {rate, eta} = job.progress;
  return rate && eta ? {rate, left: Math.max(0, (new Date(eta) - Date.now()) / 1000)} : null;
}
