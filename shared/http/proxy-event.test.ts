import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { requestIdsOf } from './correlation-id.ts';
import { readHttpEvent } from './http-event.ts';
import { proxyEvent } from './proxy-event.ts';

it('is read by the invoked function as the request it stands for', () => {
  const parameters = fc.array(fc.tuple(fc.constantFrom('limit', 'nextToken', '__proto__', 'ü'), fc.string()));
  const caller = fc.option(fc.record({ sub: fc.string({ minLength: 1 }) }), { nil: undefined });
  fc.assert(
    fc.property(parameters, caller, (pairs, caller) => {
      const query = new URLSearchParams(pairs);
      const ids = { requestId: 'request-1', correlationId: 'correlation-1' };
      const event = JSON.parse(JSON.stringify(proxyEvent({ ...ids, method: 'GET', path: '/tasks', query, caller })));
      const http = readHttpEvent(event);
      expect(http.path).toBe('/tasks');
      expect(http.caller?.sub).toBe(caller?.sub);
      expect(Object.keys(http.query)).toStrictEqual([...new Set(query.keys())]);
      for (const name of query.keys()) expect(http.query[name]).toStrictEqual(query.getAll(name));
      expect(requestIdsOf(event, 'unused')).toStrictEqual(ids);
    }),
  );
});
