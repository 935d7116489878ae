import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

type ButtonProps = {
  readonly onClick?: (() => unknown) | undefined;
  readonly icon?: IconName;
  readonly children?: ComponentChildren;
  /** The name of a button that shows an icon alone. */
  readonly label?: string;
  readonly title?: string;
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly type?: 'button' | 'submit';
  readonly isDisabled?: boolean;
  readonly isPressed?: boolean;
};

export function Button({ onClick, icon, children, label, title, look = 'plain', ...rest }: ButtonProps) {
  return (
    <button
      type={rest.type ?? 'button'}
      class={`button button-${look}${children === undefined ? ' button-icon' : ''}`}
      disabled={rest.isDisabled ?? false}
      aria-label={label}
      aria-pressed={rest.isPressed}
      title={title ?? (children === undefined ? label : undefined)}
      onClick={() => void onClick?.()}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children !== undefined && <span class="button-text">{children}</span>}
    </button>
  );
}
