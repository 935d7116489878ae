// The plugin that a tried service gets. Node 24 runs the TypeScript behind it.
import { createRequire } from 'node:module';

export default createRequire(import.meta.url)('./endpoint-plugin.ts').EndpointPlugin;
