// Sending: files by drop, paste or choice, what is to be done with them, and what it will cost.
import {html, useEffect, useMemo, useRef, useState} from '../vendor/preact.js';
import {getJson, upload} from '../core/api.js';
import {count, percent, plural, size} from '../core/format.js';
import {useAsked, useTitle} from '../core/hooks.js';
import {go} from '../core/route.js';
import {Icon} from '../parts/icons.js';
import {Trouble} from '../parts/parts.js';
import {Estimate} from '../send/estimate.js';
import {dropped, isArchive, pasted, pathOf} from '../send/files.js';
import {title} from '../look/model.js';
import {Options} from '../send/options.js';

const LAST = 'docvision.last';

export function Send() {
  useTitle('Send');
  const [files, setFiles] = useState([]);
  const tasks = useAsked((signal) => getJson('/v1/tasks', {signal}), []);
  const add = (more) => setFiles((old) => [...old, ...more.filter((file) => !old.some((one) => pathOf(one) === pathOf(file) && one.size === file.size))]);
  usePaste(add);
  return html`<div class="screen send"><header><h1>Send documents</h1></header>
    ${tasks.error && html`<${Trouble} error=${tasks.error} again=${tasks.again} />`}
    <${Drop} onFiles=${add} compact=${files.length > 0} />
    ${files.length > 0 && html`<${Files} files=${files} onRemove=${(gone) => setFiles(files.filter((file) => file !== gone))} onClear=${() => setFiles([])} />`}
    ${tasks.data && html`<${Order} files=${files} tasks=${tasks.data.tasks} />`}
  </div>`;
}

function usePaste(add) {
  useEffect(() => {
    const listen = (event) => {
      const files = pasted(event);
      if (files.length) add(files);
    };
    addEventListener('paste', listen);
    return () => removeEventListener('paste', listen);
  }, []);
}

function Drop({onFiles, compact}) {
  const [over, setOver] = useState(false);
  const files = useRef();
  const folder = useRef();
  const take = (event) => {
    onFiles([...event.target.files]);
    event.target.value = '';
  };
  const drop = async (event) => {
    event.preventDefault();
    setOver(false);
    onFiles(await dropped(event.dataTransfer));
  };
  return html`<section class="drop ${over ? 'over' : ''} ${compact ? 'compact' : ''}" aria-label="Files" onDrop=${drop}
      onDragOver=${(event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)}>
    <div><strong>Drop files, folders or archives here</strong><p class="quiet">or paste a picture. PDF, photos, scans, TIFF, video, ZIP, TAR, 7z.</p></div>
    <div class="row"><button class="button ${compact ? '' : 'main-action'}" onClick=${() => files.current.click()}>Choose files</button>
      <button class="button" onClick=${() => folder.current.click()}>Choose a folder</button></div>
    <input type="file" class="unseen" tabindex="-1" multiple ref=${files} onChange=${take} aria-label="Files to send" />
    <input type="file" class="unseen" tabindex="-1" webkitdirectory ref=${folder} onChange=${take} aria-label="Folder to send" />
  </section>`;
}

function Files({files, onRemove, onClear}) {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return html`<section class="card chosen" aria-label="Chosen files">
    <div class="row pad"><strong>${plural(files.length, 'file', 'files')}</strong><span class="quiet">${size(total)}</span><button class="button plain tight push" onClick=${onClear}>Remove all</button></div>
    <div class="rows" tabindex="0" role="region" aria-label="List of files"><table><tbody>${files.slice(0, 200).map((file) => html`<tr key=${`${pathOf(file)}${file.size}`}><td class="names clip">${pathOf(file)}</td>
      <td class="number quiet">${size(file.size)}</td><td class="number"><button class="button plain tight" aria-label=${`Remove ${file.name}`} onClick=${() => onRemove(file)}><${Icon} name="close" /></button></td></tr>`)}
      ${files.length > 200 && html`<tr><td class="quiet">and ${count(files.length - 200)} more</td></tr>`}</tbody></table></div>
  </section>`;
}

function Order({files, tasks}) {
  const last = useMemo(remembered, []);
  const [task, setTask] = useState(tasks.some((one) => one.name === last.task) ? last.task : tasks[0].name);
  const [options, setOptions] = useState(last.task === task ? last.options : startingOptions(tasks[0]));
  const [sent, setSent] = useState(null);
  const [error, setError] = useState();
  const chosen = tasks.find((one) => one.name === task);
  const submit = async (event) => {
    event.preventDefault();
    setError();
    localStorage.setItem(LAST, JSON.stringify({task, options}));
    try {
      setSent(0);
      const to = await post(files, task, options, (loaded, total) => setSent(total ? loaded / total : 0));
      go(to.path, to.query);
    } catch (problem) {
      setError(problem);
      setSent(null);
    }
  };
  return html`<form class="stack order" onSubmit=${submit}>
    <fieldset class="tasks"><legend class="small quiet">What is to be done</legend>
      ${tasks.map((one) => html`<label key=${one.name} class="choice ${one.name === task ? 'on' : ''}"><input type="radio" name="task" value=${one.name} checked=${one.name === task}
        onChange=${() => { setTask(one.name); setOptions(startingOptions(one)); }} /><span><strong>${title(one.name)}</strong><span class="quiet small">${one.title}</span></span></label>`)}</fieldset>
    <${Options} key=${task} task=${chosen} values=${options} onChange=${setOptions} />
    ${error && html`<${Trouble} error=${error} />`}
    <div class="row go"><button class="button main-action big" disabled=${!files.length || sent !== null}>${sent === null ? files.length > 1 ? `Send ${plural(files.length, 'file', 'files')}` : 'Send' : `Sending ${percent(sent)}`}</button>
      ${sent === null ? html`<${Estimate} files=${files} task=${task} options=${options} />` : html`<progress aria-label="Sent" max="1" value=${sent} />`}</div>
  </form>`;
}

// Extraction begins with a schema that fits the most documents, so that two clicks send a file.
const startingOptions = (task) => ('schema' in (task.options.properties ?? {}) ? {schema: 'invoice'} : {});

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(LAST)) ?? {};
  } catch {
    return {};
  }
}

// One file is a job; several, or an archive, are a batch with a job for each.
async function post(files, task, options, onSent) {
  const form = new FormData();
  form.append('task', task);
  form.append('options', JSON.stringify(options));
  for (const file of files) form.append('file', file, pathOf(file));
  if (files.length === 1 && !isArchive(files[0])) {
    const job = await upload('/v1/jobs', form, onSent);
    return {path: `/jobs/${job.id}`};
  }
  const batch = await upload('/v1/batches', form, onSent);
  return {path: '/jobs', query: {show: 'batches', batch: batch.id}};
}
