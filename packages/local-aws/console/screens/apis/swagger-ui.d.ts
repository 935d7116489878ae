/** The parts of Swagger UI that the console uses; the package has no types of its own. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  type SwaggerRequest = { url: string; headers: Record<string, string> };
  type SwaggerOptions = {
    readonly spec: object;
    readonly domNode: Element;
    readonly deepLinking?: boolean;
    readonly docExpansion?: 'list' | 'full' | 'none';
    readonly defaultModelsExpandDepth?: number;
    readonly tryItOutEnabled?: boolean;
    readonly displayRequestDuration?: boolean;
    readonly validatorUrl?: null;
    readonly requestInterceptor?: (request: SwaggerRequest) => SwaggerRequest;
  };
  export default function SwaggerUI(options: SwaggerOptions): unknown;
}

declare module '*.css';

declare module 'swagger-ui-dist/swagger-ui.css' {
  const css: string;
  export default css;
}
