import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Menu } from '../../parts/menu.tsx';
import { attempt } from '../../parts/toast.tsx';

type TokenProps = { readonly token: string; readonly onToken: (token: string) => void };
type Pool = { readonly id: string; readonly name: string };

/** The bearer token that "Execute" sends. One click makes a token of the local issuer or of a user pool. */
export function TokenField({ token, onToken }: TokenProps) {
  return (
    <Menu
      label="Bearer token"
      icon="permissions"
      text={token === '' ? 'Token' : 'Token is set'}
      isActive={token !== ''}
    >
      {() => <TokenPanel token={token} onToken={onToken} />}
    </Menu>
  );
}

function TokenPanel({ token, onToken }: TokenProps) {
  const [subject, setSubject] = useState('console');
  const [scopes, setScopes] = useState('');
  const [audience, setAudience] = useState('');
  const make = (): Promise<unknown> =>
    attempt(async () => {
      const pools: readonly Pool[] = await (await fetch('/_local/user-pools')).json();
      const query = new URLSearchParams({ sub: subject });
      if (scopes !== '') query.set('scopes', scopes);
      if (audience !== '') query.set('audience', audience);
      if (pools[0] !== undefined) query.set('pool', pools[0].id);
      const response = await fetch(`/_local/oidc/token?${query}`);
      const answer: { readonly access_token?: string; readonly message?: string } = await response.json();
      if (answer.access_token === undefined) throw new Error(answer.message ?? 'No token was issued.');
      onToken(answer.access_token);
    }, 'The token is sent with the next requests');
  return (
    <div class="panel">
      <h2>Bearer token</h2>
      <p class="muted">Sent with every request of these pages. APIs without an authorizer ignore it.</p>
      <label class="field">
        <span>Subject</span>
        <input class="input" value={subject} onInput={({ currentTarget }) => setSubject(currentTarget.value)} />
      </label>
      <label class="field">
        <span>Scopes</span>
        <input
          class="input"
          placeholder="tasks/read tasks/write"
          value={scopes}
          onInput={({ currentTarget }) => setScopes(currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Audience</span>
        <input class="input" value={audience} onInput={({ currentTarget }) => setAudience(currentTarget.value)} />
      </label>
      <div class="button-row">
        <Button look="primary" isDisabled={subject === ''} onClick={make}>
          Make a token
        </Button>
        {token !== '' && <Button onClick={() => onToken('')}>Remove it</Button>}
      </div>
      <label class="field field-block">
        <span>Token</span>
        <textarea
          class="input editor"
          rows={4}
          spellcheck={false}
          value={token}
          onInput={({ currentTarget }) => onToken(currentTarget.value.trim())}
        />
      </label>
    </div>
  );
}
