import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { posix, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

/**
 * A plugin of markdown-it. Documents link to files of the repository. A link to a document leads to its page, one to a
 * folder to the page of its README, and one to any other file to the repository, if its address is known.
 *
 * @throws Error for a link that leads nowhere, which fails the build
 */
export function repositoryLinks(markdown, { pageOf, excluded }) {
  const isPage = (file) =>
    file.endsWith('.md') && existsSync(resolve(root, file)) && !file.split('/').some((part) => excluded.includes(part));

  function resolveLink(href, document) {
    const [path, anchor] = href.split('#');
    const target = posix.normalize(posix.join(posix.dirname(document), decodeURIComponent(path)));
    if (!existsSync(resolve(root, target))) throw new Error(`${document} links to ${href}, which does not exist.`);
    const readme = posix.join(target, 'README.md');
    const file = statSync(resolve(root, target)).isDirectory() && isPage(readme) ? readme : target;
    const suffix = anchor === undefined ? '' : `#${anchor}`;
    if (isPage(file)) return `/${pageOf(file).replace(/(^|\/)index\.md$|\.md$/, '$1')}${suffix}`;
    return repository === undefined ? undefined : `${repository}/blob/HEAD/${target}${suffix}`;
  }

  markdown.core.ruler.push('repository_links', ({ tokens, env }) => {
    const document = posix.relative(root, env.realPath ?? env.path);
    for (const { children } of tokens) {
      children?.forEach((token, index) => {
        const href = token.type === 'link_open' ? token.attrGet('href') : null;
        if (href === null || isElsewhere(href)) return;
        const link = resolveLink(href, document);
        if (link !== undefined) token.attrSet('href', link);
        else removeLink(children, index);
      });
    }
  });

  renderMermaid(markdown);
  keepBraces(markdown);
}

/** Whether a link leads to another site, or to the same page. */
function isElsewhere(href) {
  return /^[a-z][a-z+.-]*:|^#/i.test(href);
}

/** Leaves the text of a link. */
function removeLink(tokens, opening) {
  const closing = tokens.findIndex(({ type }, index) => index > opening && type === 'link_close');
  for (const index of [opening, closing]) {
    tokens[index].type = 'text';
    tokens[index].content = '';
  }
}

/** `{{…}}` is text here, and nothing that Vue evaluates. */
function keepBraces(markdown) {
  const { code_inline, text } = markdown.renderer.rules;
  const keep =
    (render) =>
    (...args) =>
      render(...args).replaceAll('{{', '&#123;&#123;');
  markdown.renderer.rules.code_inline = keep(code_inline);
  markdown.renderer.rules.text = keep(text);
}

/** Diagrams are drawn in the browser by theme/MermaidDiagram.vue. */
function renderMermaid(markdown) {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest);
    return `<MermaidDiagram code="${encodeURIComponent(content)}" />`;
  };
}

/** The address of the repository: that of the workflow, or of the remote. */
const repository = (() => {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
  if (GITHUB_REPOSITORY !== undefined) return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const url = execFileSync('git', ['remote', 'get-url', 'origin'], options).trim();
    const [, path] = /github\.com[:/](.+?)(?:\.git)?$/.exec(url) ?? [];
    return path === undefined ? undefined : `https://github.com/${path}`;
  } catch {
    return undefined;
  }
})();
