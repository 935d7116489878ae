import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

type EmptyProps = { readonly icon: IconName; readonly title: string; readonly children?: ComponentChildren };

/** Stands where data would be, and says how to get some. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={22} />
      </span>
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-text">{children}</div>}
    </div>
  );
}

export function Failure({
  message,
  onRetry,
}: {
  readonly message: string;
  readonly onRetry?: (() => void) | undefined;
}) {
  return (
    <div class="failure" role="alert">
      <Icon name="alarm" />
      <span class="failure-text">{message}</span>
      {onRetry !== undefined && (
        <button type="button" class="button button-plain" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Grey lines in the place of what is on its way; they appear only when it takes a while. */
export function Skeleton({ lines = 4 }: { readonly lines?: number }) {
  return (
    <div class="skeleton" aria-busy="true">
      <span class="visually-hidden">Loading</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} class="skeleton-line" style={{ width: `${90 - ((index * 23) % 45)}%` }} />
      ))}
    </div>
  );
}
