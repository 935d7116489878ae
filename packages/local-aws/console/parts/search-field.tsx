import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

type SearchProps = { readonly label: string; readonly value: string; readonly onChange: (value: string) => void };

const waitMs = 200;

/** A search that starts when the typing pauses. */
export function SearchField({ label, value, onChange }: SearchProps) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <span class="search">
      <Icon name="search" size={14} />
      <input
        class="input"
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onInput={({ currentTarget: { value: typed } }) => {
          setText(typed);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onChange(typed), waitMs);
        }}
      />
    </span>
  );
}
