import { useEffect } from 'preact/hooks';
import { ConfirmDialog } from './parts/dialog.tsx';
import { Failure } from './parts/state.tsx';
import { Toasts } from './parts/toast.tsx';
import { ApisScreen } from './screens/apis/apis-screen.tsx';
import { ServicesScreen } from './screens/home/services-screen.tsx';
import { LogsScreen } from './screens/logs/logs-screen.tsx';
import { PermissionsScreen } from './screens/permissions/permissions-screen.tsx';
import { RequestsScreen } from './screens/requests/requests-screen.tsx';
import { ResourcesScreen } from './screens/resources/resources-screen.tsx';
import { TraceScreen } from './screens/trace/trace-screen.tsx';
import { Navigation, screens } from './shell/navigation.tsx';
import { Overlays, openOverlay } from './shell/overlays.tsx';
import { TopBar } from './shell/top-bar.tsx';
import { go, hrefTo, route } from './state/router.ts';
import { addShortcut } from './state/shortcuts.ts';
import { startFailure, startSystem, togglePause } from './state/system.ts';
import { toggleTheme } from './state/theme.ts';

export function App() {
  useEffect(() => {
    const added = [
      ...screens.map(({ name, label, key }) =>
        addShortcut({ keys: `g ${key}`, label: `Go to ${label}`, run: () => go(hrefTo([name])) }),
      ),
      addShortcut({ keys: '/', label: 'Search on this screen', run: focusSearch }),
      addShortcut({ keys: 'k', label: 'Find a resource', run: () => openOverlay('find') }),
      addShortcut({ keys: 'p', label: 'Pause or resume live updates', run: togglePause }),
      addShortcut({ keys: 't', label: 'Switch between light and dark', run: toggleTheme }),
      addShortcut({ keys: '?', label: 'Show the keyboard shortcuts', run: () => openOverlay('help') }),
    ];
    return () => {
      for (const remove of added) remove();
    };
  }, []);
  const screen = screens.find(({ name }) => name === (route.value.segments[0] ?? 'services'));
  useEffect(() => {
    document.title = screen === undefined ? 'local-aws' : `${screen.label} · local-aws`;
  }, [screen]);
  return (
    <div class="shell">
      <button type="button" class="skip-link" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <TopBar />
      <Navigation />
      <main class="content" id="content" tabIndex={-1}>
        {startFailure.value === undefined ? (
          <Screen />
        ) : (
          <div class="page">
            <Failure message={startFailure.value} onRetry={() => void startSystem()} />
          </div>
        )}
      </main>
      <Toasts />
      <ConfirmDialog />
      <Overlays />
    </div>
  );
}

function Screen() {
  const [name = 'services', first, second] = route.value.segments;
  switch (name) {
    case 'requests':
      return first === undefined ? <RequestsScreen /> : <TraceScreen key={first} traceId={first} />;
    case 'resources':
      return <ResourcesScreen kind={first} id={second} />;
    case 'apis':
      return <ApisScreen selected={first} />;
    case 'logs':
      return <LogsScreen />;
    case 'permissions':
      return <PermissionsScreen selected={first} />;
    default:
      return <ServicesScreen />;
  }
}

function focusSearch(): void {
  document.querySelector<HTMLElement>('.content [type="search"]')?.focus();
}
