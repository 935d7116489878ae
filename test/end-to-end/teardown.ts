import { stopEndpoint } from './setup.ts';

export default stopEndpoint;
