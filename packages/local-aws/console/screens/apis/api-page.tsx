import { useEffect, useRef, useState } from 'preact/hooks';
import { Failure, Skeleton } from '../../parts/state.tsx';
import { theme } from '../../state/theme.ts';
import type { ApiDocument } from './api-document.ts';

type ApiPageProps = { readonly api: ApiDocument; readonly document: object; readonly token: string };

/** An OpenAPI document to read and to try, drawn by Swagger UI, which is loaded when it is needed. */
export function ApiPage({ api: { url }, document: spec, token }: ApiPageProps) {
  const root = useRef<HTMLDivElement>(null);
  const currentToken = useRef(token);
  currentToken.current = token;
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  useEffect(() => {
    let isCurrent = true;
    import('./swagger.ts').then(
      ({ showDocument }) => {
        if (!isCurrent || root.current === null) return;
        showDocument(root.current, { spec, url, token: () => currentToken.current });
        setState('ready');
      },
      () => setState('failed'),
    );
    return () => {
      isCurrent = false;
    };
  }, [spec, url]);
  const isDark = theme.value === 'dark';
  useEffect(() => {
    // Swagger UI looks for this class on the root element.
    document.documentElement.classList.toggle('dark-mode', isDark);
  }, [isDark]);
  return (
    <>
      {state === 'loading' && <Skeleton lines={8} />}
      {state === 'failed' && <Failure message="The API page could not be loaded." />}
      <div class="api-page" ref={root} />
    </>
  );
}
