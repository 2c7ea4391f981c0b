// Asking for the key, where the API wants one.
import {html, useState} from '../vendor/preact.js';
import {getJson} from '../core/api.js';
import {useTitle} from '../core/hooks.js';
import {key, signIn} from '../core/session.js';

export function SignIn() {
  useTitle('Sign in');
  const [value, setValue] = useState('');
  const [error, setError] = useState('');
  const submit = async (event) => {
    event.preventDefault();
    const before = key.peek();
    key.value = value.trim();
    try {
      await getJson('/v1/tasks');
      signIn(value.trim());
    } catch (problem) {
      key.value = before;
      setError(problem.status === 401 ? 'This key is not known here, or is no longer valid.' : problem.message);
    }
  };
  return html`<main class="blank signin">
    <form class="card pad stack" onSubmit=${submit}>
      <h1>docvision</h1>
      <p>This installation wants an API key. It is kept in this tab alone, until you close it or sign out.</p>
      <label class="label">API key
        <input type="password" autocomplete="off" spellcheck=${false} required value=${value} autofocus
          aria-invalid=${error ? 'true' : undefined} aria-describedby="key-error"
          onInput=${(event) => setValue(event.target.value)} />
      </label>
      <p id="key-error" class="danger small" role="alert">${error}</p>
      <button class="button main-action">Sign in</button>
    </form>
  </main>`;
}
