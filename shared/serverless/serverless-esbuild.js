import { requireTypeScript } from './typescript.js';

export default requireTypeScript('./bundling/esbuild-plugin.ts').EsbuildServerlessPlugin;
