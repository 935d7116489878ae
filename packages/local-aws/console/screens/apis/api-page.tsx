import { useEffect, useRef, useState } from 'preact/hooks';
import { Failure, Skeleton } from '../../parts/state.tsx';
import { read } from '../../state/api.ts';
import { theme } from '../../state/theme.ts';

type ApiPageProps = { readonly apiId: string; readonly token: string };

/** An OpenAPI document to read and to try, drawn by Swagger UI, which is loaded when it is needed. */
export function ApiPage({ apiId, token }: ApiPageProps) {
  const root = useRef<HTMLDivElement>(null);
  const currentToken = useRef(token);
  currentToken.current = token;
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    Promise.all([import('./swagger.ts'), read<object>(`/apis/${encodeURIComponent(apiId)}/document`)]).then(
      ([{ showDocument }, spec]) => {
        if (!isCurrent || root.current === null) return;
        showDocument(root.current, { spec, token: () => currentToken.current });
        setReady(true);
      },
      (error: unknown) => isCurrent && setFailure(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [apiId]);
  const isDark = theme.value === 'dark';
  useEffect(() => {
    // Swagger UI looks for this class on the root element.
    document.documentElement.classList.toggle('dark-mode', isDark);
  }, [isDark]);
  return (
    <>
      {failure !== undefined && <Failure message={failure} />}
      {!isReady && failure === undefined && <Skeleton lines={8} />}
      <div class="api-page" ref={root} />
    </>
  );
}
