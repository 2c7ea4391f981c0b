// Every request to the API goes through here: it carries the key, and errors come as Problems.
import {key, keyWanted} from './session.js';

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? 'The server cannot be reached.');
    this.status = status;
    this.code = body.code ?? 'unreachable';
    this.body = body;
  }
}

export function headers(more = {}) {
  return key.value ? {...more, Authorization: `Bearer ${key.value}`} : more;
}

// Returns the response of a request that succeeded; throws Problem, or AbortError when aborted.
export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, {...options, headers: headers(options.headers)});
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, {});
  }
  if (response.ok) return response;
  await refuse(response.status, await response.text());
}

export async function getJson(path, options) {
  return (await ask(path, options)).json();
}

export async function sendJson(method, path, body) {
  const response = await ask(path, {
    method,
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(body),
  });
  return response.status === 204 ? null : response.json();
}

// Sends a form and tells how many of its bytes have left; fetch cannot.
export function upload(path, form, onSent, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onSent(event.loaded, event.total);
    request.onerror = () => reject(new Problem(0, {}));
    request.onabort = () => reject(new DOMException('Aborted', 'AbortError'));
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText));
      else refuse(request.status, request.responseText).catch(reject);
    };
    signal?.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

async function refuse(status, text) {
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    body = {detail: `The server answered with status ${status}.`, code: 'http'};
  }
  if (status === 401) keyWanted.value = true;
  throw new Problem(status, body);
}
