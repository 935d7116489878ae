import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeFrame, FrameReader } from './runtime/frames.ts';

const limits = { headerBytes: 1000, payloadBytes: 5000 };
const frames = fc.array(
  fc.record({ header: fc.record({ text: fc.string() }), payload: fc.string({ maxLength: 300 }) }),
);
const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 50 }));

test('frames come out as they went in, however the stream is cut', () => {
  fc.assert(
    fc.property(frames, cuts, (sent, sizes) => {
      const bytes = Buffer.concat(sent.map(({ header, payload }) => encodeFrame(header, payload)));
      const reader = new FrameReader(limits);
      const received: unknown[] = [];
      for (let start = 0; start < bytes.length; ) {
        const end = start + sizes.next().value;
        for (const { header, payload } of reader.read(bytes.subarray(start, end))) {
          received.push({ header: JSON.parse(header), payload: payload.toString() });
        }
        start = end;
      }
      assert.deepEqual(received, JSON.parse(JSON.stringify(sent)));
    }),
  );
});

test('lengths beyond the limits are refused before their bytes come', () => {
  for (const [header, payload] of [
    [1001, 0],
    [0, 5001],
    [2 ** 32 - 1, 2 ** 32 - 1],
  ] as const) {
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32BE(header, 0);
    lengths.writeUInt32BE(payload, 4);
    assert.throws(() => [...new FrameReader(limits).read(lengths)], /of a frame has \d+ bytes/);
  }
});
