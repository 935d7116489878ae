import { useState } from 'preact/hooks';
import { Button } from './button.tsx';

type CopyProps = { readonly text: () => string | Promise<string>; readonly label: string; readonly children?: string };

/** Puts text on the clipboard and shows for a moment that it is there. */
export function CopyButton({ text, label, children }: CopyProps) {
  const [isDone, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(await text());
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <Button
      icon={isDone ? 'check' : 'copy'}
      label={isDone ? 'Copied' : label}
      look={children === undefined ? 'quiet' : 'plain'}
      onClick={copy}
      {...(children !== undefined && { children: isDone ? 'Copied' : children })}
    />
  );
}
