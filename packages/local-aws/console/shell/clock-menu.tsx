import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { advanceClock } from '../state/commands.ts';
import { formatDate } from '../state/format.ts';
import { info } from '../state/system.ts';

const minute = 60_000;
const steps = [
  ['1 minute', minute],
  ['5 minutes', 5 * minute],
  ['1 hour', 60 * minute],
  ['1 day', 1440 * minute],
] as const;
const units = { seconds: 1000, minutes: minute, hours: 60 * minute, days: 1440 * minute } as const;
type Unit = keyof typeof units;
const unitNames: readonly Unit[] = ['seconds', 'minutes', 'hours', 'days'];

export function ClockMenu() {
  const offset = info.value?.clock.offsetMs ?? 0;
  return (
    <Menu label="Clock" icon="clock" isActive={offset > 0} {...(offset > 0 && { text: `+${shortOffset(offset)}` })}>
      {() => <ClockPanel />}
    </Menu>
  );
}

function ClockPanel() {
  const [amount, setAmount] = useState('10');
  const [unit, setUnit] = useState<Unit>('minutes');
  const milliseconds = Number(amount) * units[unit];
  const clock = info.value?.clock;
  return (
    <div class="panel">
      <h2>Clock</h2>
      <p class="muted">
        Visibility timeouts, retries, batching windows, alarms and time to live act as if that much time had passed.
        Code of functions sees the real time.
      </p>
      {clock !== undefined && <p class="panel-figure">{formatDate(Date.now() + clock.offsetMs)}</p>}
      <div class="button-row">
        {steps.map(([label, step]) => (
          <Button key={label} onClick={() => advanceClock(step)}>
            +{label}
          </Button>
        ))}
      </div>
      <form
        class="field-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (milliseconds > 0) void advanceClock(milliseconds);
        }}
      >
        <input
          class="input"
          type="number"
          min="1"
          aria-label="Amount of time"
          value={amount}
          onInput={({ currentTarget }) => setAmount(currentTarget.value)}
        />
        <select
          class="input"
          aria-label="Unit of time"
          value={unit}
          onChange={({ currentTarget }) => setUnit(unitNames[currentTarget.selectedIndex] ?? 'minutes')}
        >
          {unitNames.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <Button type="submit" look="primary" isDisabled={!(milliseconds > 0)}>
          Advance
        </Button>
      </form>
    </div>
  );
}

function shortOffset(milliseconds: number): string {
  const minutes = Math.round(milliseconds / minute);
  if (minutes < 60) return `${Math.max(1, minutes)} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
