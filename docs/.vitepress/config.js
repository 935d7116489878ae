import { createRequire } from 'node:module';
import { defineConfig } from 'vitepress';
import { repositoryLinks } from './repository-links.js';
import { sidebar } from './sidebar.js';

const require = createRequire(import.meta.url);

// The pages are the documents of the whole repository, where they lie, so that they read well on GitHub too.
const excluded = ['node_modules', '.local', '.serverless', '.github', 'coverage', 'test', 'tools', 'packages/*/dist'];

/** The page of a document: `docs/x.md` is /x, and the README of a folder is the page of the folder. */
function pageOf(file) {
  return file.replace(/^docs\//, '').replace(/(^|\/)README\.md$/, '$1index.md');
}

export default defineConfig({
  title: 'Serverless microservices',
  description: 'Microservice patterns on AWS that run whole on a laptop',
  srcDir: '..',
  srcExclude: excluded.map((folder) => `**/${folder}/**`),
  rewrites: pageOf,
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  lastUpdated: true,
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    config: (markdown) => repositoryLinks(markdown, { pageOf, excluded }),
  },
  themeConfig: {
    nav: sidebar.map(({ text, items }) => ({ text, link: items[0].items[0].link })),
    sidebar: sidebar.flatMap(({ items }) => items),
    outline: [2, 3],
    search: { provider: 'local' },
  },
  vite: {
    // Not that of the repository: the esbuild of VitePress does not know its target.
    esbuild: { tsconfigRaw: '{}' },
    // Pages outside of this folder do not find its packages.
    resolve: {
      alias: [
        { find: /^vue$/, replacement: require.resolve('vue/dist/vue.runtime.esm-bundler.js') },
        { find: /^vue\/server-renderer$/, replacement: require.resolve('vue/server-renderer') },
      ],
    },
  },
});
