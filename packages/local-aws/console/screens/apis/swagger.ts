import css from 'swagger-ui-dist/swagger-ui.css' with { type: 'text' };
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';

type Shown = {
  /** Its server is a path of the endpoint, so that requests have the origin of the page. */
  readonly spec: object;
  /** The bearer token at the time of a request; empty for none. */
  readonly token: () => string;
};

/** Draws the document of an API. "Execute" sends requests to the running endpoint. */
export function showDocument(element: Element, { spec, token }: Shown): void {
  addStyle();
  SwaggerUI({
    spec,
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

function addStyle(): void {
  if (document.getElementById('swagger-style') !== null) return;
  const style = document.createElement('style');
  style.id = 'swagger-style';
  style.textContent = css;
  // Before the style of the console, which has the last word.
  document.head.prepend(style);
}
