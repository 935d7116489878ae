import { Button } from '../parts/button.tsx';
import { resetData } from '../state/commands.ts';
import { hrefTo } from '../state/router.ts';
import { info, isConnected, isPaused, togglePause, topology } from '../state/system.ts';
import { theme, toggleTheme } from '../state/theme.ts';
import { ClockMenu } from './clock-menu.tsx';
import { FaultMenu } from './fault-menu.tsx';
import { openOverlay } from './overlays.tsx';
import { SnapshotMenu } from './snapshot-menu.tsx';

export function TopBar() {
  const features = info.value?.features ?? [];
  const stages = [...new Set(topology.value?.stacks.map(({ stage }) => stage).filter(Boolean))];
  return (
    <header class="top-bar">
      <a class="brand" href={hrefTo(['services'])} aria-label="local-aws: Services">
        <Logo />
        <span class="brand-name">local-aws</span>
      </a>
      {stages.length > 0 && (
        <span class="stage" title="Stage">
          {stages.join(', ')}
        </span>
      )}
      {info.value !== undefined && <span class="version">v{info.value.version}</span>}
      <LiveState />
      <span class="spacer" />
      <button type="button" class="find-button" onClick={() => openOverlay('find')}>
        <span class="find-text">Find a resource</span>
        <kbd>k</kbd>
      </button>
      <div class="top-actions" role="toolbar" aria-label="Endpoint">
        <Button
          icon={isPaused.value ? 'play' : 'pause'}
          label={isPaused.value ? 'Resume live updates' : 'Pause live updates'}
          title={`${isPaused.value ? 'Resume' : 'Pause'} live updates (p)`}
          look="quiet"
          onClick={togglePause}
        />
        {features.includes('reset') && <Button icon="reset" label="Reset data" look="quiet" onClick={resetData} />}
        {features.includes('snapshots') && <SnapshotMenu />}
        {features.includes('clock') && <ClockMenu />}
        {features.includes('faults') && <FaultMenu />}
        <span class="divider" />
        <Button
          icon={theme.value === 'dark' ? 'sun' : 'moon'}
          label={theme.value === 'dark' ? 'Light theme' : 'Dark theme'}
          title="Switch between light and dark (t)"
          look="quiet"
          onClick={toggleTheme}
        />
        <Button icon="help" label="Keyboard shortcuts" look="quiet" onClick={() => openOverlay('help')} />
      </div>
    </header>
  );
}

function LiveState() {
  const [state, label] = isConnected.value
    ? isPaused.value
      ? (['paused', 'Paused'] as const)
      : (['live', 'Live'] as const)
    : (['lost', 'Connecting'] as const);
  return (
    <span class={`live live-${state}`} role="status">
      <span class="live-dot" />
      <span class="live-label">{label}</span>
    </span>
  );
}

const Logo = () => (
  <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
    <rect width="20" height="20" rx="5" fill="var(--accent-fill)" />
    <path
      d="M5 13.5 8.5 6.5l3 5 1.5-2.5 2 4.5"
      fill="none"
      stroke="#fff"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);
