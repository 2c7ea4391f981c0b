// The result in every format, and the files as they were sent.
import {html, useState} from '../vendor/preact.js';
import {ask} from '../core/api.js';
import {size} from '../core/format.js';
import {Icon} from '../parts/icons.js';

const FORMATS = [
  ['json', 'JSON', 'everything: words, boxes, fields, evidence'],
  ['md', 'Markdown', 'the text, with its tables'],
  ['txt', 'Text', 'the words alone'],
  ['html', 'HTML', 'a page to read or print'],
  ['csv', 'CSV', 'the tables, or the fields'],
  ['hocr', 'hOCR', 'words and boxes for other OCR tools'],
];

// Fetches with the key and hands the bytes to the browser as a file.
export async function save(path, name) {
  const blob = await (await ask(path)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const stem = (name) => name.replace(/\.[A-Za-z0-9]{1,5}$/, '') || 'result';

export function Downloads({job, hasResult}) {
  const name = stem(job.files[0]?.name ?? job.id);
  const here = `/v1/jobs/${job.id}`;
  return html`<div class="pad stack downloads">
    ${hasResult && html`<h2>Result</h2>${FORMATS.map(([format, title, note]) => html`<${One} key=${format} title=${title} note=${note}
      path=${`${here}/result?format=${format}`} name=${`${name}.${format}`} />`)}
    ${job.options.searchable_pdf && job.files.map((file, at) => html`<${One} key=${`pdf${at}`} title="Searchable PDF" note=${file.name}
      path=${`${here}/result?format=pdf&document=${at}`} name=${`${stem(file.name)}.searchable.pdf`} />`)}`}
    <h2>As sent</h2>
    ${job.files.map((file, at) => html`<${One} key=${`file${at}`} title=${file.name} note=${size(file.size)} path=${`${here}/documents/${at}/file`} name=${file.name} />`)}
  </div>`;
}

function One({title, note, path, name}) {
  const [error, setError] = useState('');
  const run = () => {
    setError('');
    save(path, name).catch((problem) => setError(problem.message));
  };
  return html`<div class="download"><button class="button" onClick=${run}><${Icon} name="down" /><span class="clip">${title}</span></button>
    <span class="quiet small clip">${note}</span>${error && html`<span class="danger small" role="alert">${error}</span>`}</div>`;
}
