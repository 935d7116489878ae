import type { ComponentChildren } from 'preact';

type Figure = { readonly name: string; readonly value: ComponentChildren; readonly isBad?: boolean };

/** The few numbers that matter, side by side. */
export const Figures = ({ figures }: { readonly figures: readonly Figure[] }) => (
  <dl class="figures">
    {figures.map(({ name, value, isBad }) => (
      <div key={name} class={`figure${isBad ? ' is-bad' : ''}`}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
