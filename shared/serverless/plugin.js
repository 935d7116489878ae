import { requireTypeScript } from './typescript.js';

export default requireTypeScript('./plugin/service-plugin.ts').ServicePlugin;
