// A job or a batch as it changes: by server-sent events, and by long polling where those do not come through.
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
  const {seen, ...rest} = useFollowed(`/v1/jobs/${id}`, pollJob);
  return {job: seen, ...rest};
}

// The same for a batch: {batch, error, again}.
export function useBatch(id) {
  const {seen, ...rest} = useFollowed(`/v1/batches/${id}`, pollBatch);
  return {batch: seen, ...rest};
}

function useFollowed(path, poll) {
  const [state, setState] = useState({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    const show = (seen) => setState({seen});
    follow(path, poll, show, abort.signal).catch((error) => {
      if (!abort.signal.aborted) setState((old) => ({...old, error}));
    });
    return () => abort.abort();
  }, [path, round]);
  return {...state, again: () => setRound(round + 1)};
}

async function follow(path, poll, show, signal) {
  let seen = await getJson(path, {signal});
  show(seen);
  while (!hasEnded(seen)) {
    try {
      // Where a job stands in the queue is no change of its own; it is asked for.
      const told = seen.state === 'queued' ? null : await byEvents(path, show, signal);
      seen = told ?? await poll(path, seen, signal);
      show(seen);
    } catch (error) {
      if (signal.aborted || error.status) throw error;
      await pause(AGAIN_AFTER);
    }
  }
}

async function pollJob(path, job, signal) {
  const wait = job.state === 'queued' ? QUEUED_SECONDS : LONG_POLL_SECONDS;
  return getJson(`${path}?wait=${wait}&revision=${job.revision}`, {signal});
}

async function pollBatch(path, batch, signal) {
  await pause(AGAIN_AFTER);
  return getJson(path, {signal});
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Follows the stream of events to its end; returns the last state it told of, null where it told none.
async function byEvents(path, show, signal) {
  const response = await ask(`${path}/events`, {signal}).catch((error) => {
    if (error.status === 404 || error.status === 405) return null;
    throw error;
  });
  if (!response) return null;
  let last = null;
  for await (const data of eventsOf(response)) {
    if (!data.state || !path.endsWith(data.id)) continue;
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
