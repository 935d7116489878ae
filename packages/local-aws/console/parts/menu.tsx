import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

type MenuProps = {
  readonly label: string;
  readonly icon?: IconName;
  /** Shown on the button in place of the label. */
  readonly text?: string;
  readonly align?: 'start' | 'end';
  readonly isActive?: boolean;
  /** What the panel shows; `close` closes it. */
  readonly children: (close: () => void) => ComponentChildren;
};

/** A button that opens a panel below it. A click elsewhere, or Escape, closes the panel. */
export function Menu({ label, icon, text, align = 'end', isActive = false, children }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    const onPointer = (event: Event): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointer);
    root.current?.querySelector<HTMLElement>('.menu-panel :is(button, input, select, a)')?.focus();
    return () => document.removeEventListener('pointerdown', onPointer);
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the panel from wherever the focus is inside.
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        type="button"
        ref={button}
        class={`button button-quiet${isActive ? ' is-active' : ''}${text === undefined ? ' button-icon' : ''}`}
        aria-label={text === undefined ? label : `${label}: ${text}`}
        aria-expanded={isOpen}
        title={label}
        onClick={() => setOpen(!isOpen)}
      >
        {icon !== undefined && <Icon name={icon} />}
        {text !== undefined && <span class="button-text">{text}</span>}
      </button>
      {isOpen && <div class={`menu-panel menu-${align}`}>{children(close)}</div>}
    </div>
  );
}

type MenuItemProps = {
  readonly icon?: IconName;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
};

export function MenuItem({ icon, onClick, children }: MenuItemProps) {
  return (
    <button type="button" class="menu-item" onClick={onClick}>
      {icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}
