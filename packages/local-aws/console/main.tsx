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
import 'uplot/dist/uPlot.min.css';

const root = document.getElementById('app');
if (root === null) throw new Error('The document has no element #app');
listenToKeys();
void startSystem();
render(<App />, root);
