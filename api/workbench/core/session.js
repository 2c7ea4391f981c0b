// Who is signed in, and how the page looks. The key lives as long as the tab, and is never a cookie.
import {signal} from '../vendor/signals.js';

const KEY = 'docvision.key';
const THEME = 'docvision.theme';

export const key = signal(sessionStorage.getItem(KEY) ?? '');
export const keyWanted = signal(false);
export const theme = signal(localStorage.getItem(THEME) ?? 'auto');

export function signIn(value) {
  sessionStorage.setItem(KEY, value);
  key.value = value;
  keyWanted.value = false;
}

export function signOut() {
  sessionStorage.removeItem(KEY);
  key.value = '';
  keyWanted.value = true;
}

export function setTheme(value) {
  localStorage.setItem(THEME, value);
  theme.value = value;
  showTheme();
}

export function showTheme() {
  const root = document.documentElement;
  if (theme.value === 'auto') root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', theme.value);
}
