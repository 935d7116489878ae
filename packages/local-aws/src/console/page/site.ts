import type { ControlAnswer } from '../../control/control-api.ts';
import { type PageFiles, pageFiles } from './bundle-page.ts';

const assets = '/_local/console/';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the page of the console and its files; undefined for other paths. */
export type Site = (path: string) => Promise<ControlAnswer | undefined>;

/** @param token that the page shows with every call of the API */
export function consoleSite(token: string, files: PageFiles = pageFiles()): Site {
  return async (path) => {
    if (path === '/') return document(token);
    if (!path.startsWith(assets)) return undefined;
    try {
      const file = await files.find(path.slice(assets.length));
      if (file === undefined) return plain(404, `There is no ${path}.`);
      return {
        headers: { 'content-type': file.contentType, 'cache-control': 'no-cache', ...security },
        body: file.content,
      };
    } catch (error) {
      // A mistake in the sources of the page, in the words of the bundler.
      return plain(500, error instanceof Error ? error.message : String(error));
    }
  };
}

const security = { 'content-security-policy': policy, 'referrer-policy': 'no-referrer' };

function document(token: string): ControlAnswer {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="console-token" content="${token}">
<title>local-aws</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets}main.css">
</head>
<body>
<div id="app"><noscript>The console needs JavaScript.</noscript></div>
<script type="module" src="${assets}main.js"></script>
</body>
</html>
`;
  return {
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...security },
    body: html,
  };
}

function plain(status: number, message: string): ControlAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...security }, body: message };
}
