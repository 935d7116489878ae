import css from 'swagger-ui-dist/swagger-ui.css' with { type: 'text' };
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';

type Shown = { readonly spec: object; readonly url: string; readonly token: () => string };

/** Draws the document of an API; requests go to the running endpoint, with the token that is set at that time. */
export function showDocument(element: Element, { spec, url, token }: Shown): void {
  addStyle();
  SwaggerUI({
    // The address of the page itself: another name of the endpoint would be another origin.
    spec: { ...spec, servers: [{ url: sameOrigin(url) }] },
    domNode: element,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    validatorUrl: null,
    requestInterceptor: (request) => {
      if (token() !== '') request.headers.authorization = `Bearer ${token()}`;
      return request;
    },
  });
}

const sameOrigin = (url: string): string => `${globalThis.location.origin}${new URL(url).pathname}`;

function addStyle(): void {
  if (document.getElementById('swagger-style') !== null) return;
  const style = document.createElement('style');
  style.id = 'swagger-style';
  style.textContent = css;
  document.head.append(style);
}
