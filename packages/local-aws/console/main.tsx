import { render } from 'preact';
import { App } from './app.tsx';
import { listenToKeys } from './state/shortcuts.ts';
import { startSystem } from './state/system.ts';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/controls.css';
import './style/data.css';
import './style/trace.css';
import './style/services.css';
import './style/resources.css';
import './style/api.css';
import 'uplot/dist/uPlot.min.css';

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" fill="#5353d1"/><path d="M5 13.5 8.5 6.5l3 5 1.5-2.5 2 4.5" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`;

const root = document.getElementById('app');
if (root === null) throw new Error('The document has no element #app');
document.querySelector('link[rel="icon"]')?.setAttribute('href', icon);
listenToKeys();
void startSystem();
render(<App />, root);
