// The workbench: a frame with five places, and the screen that the address names.
import {html, render, useEffect, useErrorBoundary, useRef, useState} from './vendor/preact.js';
import {useKeys, useSignal} from './core/hooks.js';
import {go, route} from './core/route.js';
import {key, keyWanted, setTheme, showTheme, signOut, theme} from './core/session.js';
import {Icon} from './parts/icons.js';
import {Blank, Waiting} from './parts/parts.js';
import {Send} from './screens/send.js';

const FIRST_VIEW = 1500;
const PLACES = [
  ['/', 'send', 'Send', 's'],
  ['/jobs', 'jobs', 'Jobs', 'w'],
  ['/check', 'check', 'Check', 'c'],
  ['/figures', 'figures', 'Figures', 'f'],
];
const THEMES = {auto: ['light', 'sun', 'Light'], light: ['dark', 'moon', 'Dark'], dark: ['auto', 'auto', 'As the system']};

// Sending comes with the page; the other screens are fetched when the first view stands.
const LATER = {
  jobs: () => import('./screens/jobs.js').then((module) => module.Jobs),
  job: () => import('./screens/job.js').then((module) => module.Job),
  check: () => import('./screens/check.js').then((module) => module.Check),
  figures: () => import('./screens/figures.js').then((module) => module.Figures),
  signIn: () => import('./screens/signin.js').then((module) => module.SignIn),
};

function Later({name, ...rest}) {
  const [found, setFound] = useState();
  useEffect(() => {
    LATER[name]().then((screen) => setFound({screen}), (error) => setFound({error}));
  }, [name]);
  if (found?.error) throw found.error;
  if (!found) return html`<div class="screen"><h1 class="unseen">docvision</h1><${Waiting} /></div>`;
  return html`<${found.screen} ...${rest} />`;
}

function Screen({steps: [place, id]}) {
  if (!place) return html`<${Send} />`;
  if (place === 'jobs') return id ? html`<${Later} name="job" id=${id} key=${id} />` : html`<${Later} name="jobs" key="jobs" />`;
  if (place === 'check') return html`<${Later} name="check" id=${id} key="check" />`;
  if (place === 'figures') return html`<${Later} name="figures" key="figures" />`;
  return html`<h1 class="unseen">docvision</h1><${Blank} title="There is no such place"><a href="#/">Send documents</a></${Blank}>`;
}

function Rail({steps}) {
  const [next, icon, name] = THEMES[useSignal(theme)];
  const here = `/${steps[0] ?? ''}`;
  return html`<nav class="rail" aria-label="Places">
    <a class="brand" href="#/"><svg viewBox="0 0 32 32" aria-hidden="true"><rect x="5" y="2" width="22" height="28" rx="2" fill="var(--accent)" /><path d="M10 10h12M10 15h12M10 20h5" stroke="var(--accent-ink)" stroke-width="2" /><rect x="17" y="18" width="7" height="5" fill="var(--mark)" /></svg>docvision</a>
    ${PLACES.map(([path, sign, title, letter]) => html`<a class="place" href=${`#${path}`} key=${path}
      aria-current=${path === here ? 'page' : undefined} title=${`${title} (${letter})`}><${Icon} name=${sign} />${title}</a>`)}
    <div class="tools">
      <button class="button plain" onClick=${() => setTheme(next)} title=${`Colours: ${name}`}
        aria-label=${`Change colours to: ${name}`}><${Icon} name=${icon} /><span class="word">${name}</span></button>
      ${useSignal(key) && html`<button class="button plain" onClick=${signOut} aria-label="Sign out"><${Icon} name="out" /><span class="word">Sign out</span></button>`}
    </div>
  </nav>`;
}

function Broken({error}) {
  return html`<h1 class="unseen">docvision</h1><${Blank} title="The page failed"><p>${String(error.message)}</p>
    <button class="button" onClick=${() => location.reload()}>Load it again</button></${Blank}>`;
}

function App() {
  const {steps, path} = useSignal(route);
  const wanted = useSignal(keyWanted);
  const main = useRef();
  const [error, forget] = useErrorBoundary();
  useKeys(Object.fromEntries(PLACES.map(([to, , , letter]) => [letter, () => steps[0] === 'check' && steps[1] ? false : go(to)])));
  useEffect(() => {
    forget();
    main.current?.scrollTo(0, 0);
  }, [path]);
  if (wanted) return html`<${Later} name="signIn" />`;
  return html`<div class="shell">
    <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>Skip to the content</a>
    <${Rail} steps=${steps} />
    <main class="main" id="main" tabindex="-1" ref=${main} key=${path}>
      ${error ? html`<${Broken} error=${error} />` : html`<${Screen} steps=${steps} />`}
    </main>
  </div>`;
}

showTheme();
render(html`<${App} />`, document.getElementById('app'));
setTimeout(() => Object.values(LATER).forEach((fetchIt) => fetchIt().catch(() => null)), FIRST_VIEW);
