// Frames out, alone: bytes as they are, and an end for a reader who does not read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import { createSender } from './sender.ts';

test('attack 94: a reader who does not read is let go of with 1013, and nothing more is kept for him', () => {
  const sent: (string | Buffer)[] = [];
  const closed: number[] = [];
  const socket = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send: (frame: string | Buffer) => void sent.push(frame),
    close: (code: number) => void closed.push(code),
    terminate() {},
  };
  const sender = createSender(socket as unknown as WebSocket, 100);
  sender.answer('1', Buffer.from('"$&"'));
  assert.equal(String(sent[0]), '{"messageId":"1","message":"$&","status":200}');
  socket.bufferedAmount = 101;
  sender.done('1');
  assert.deepEqual([sent.length, closed], [1, [1013]]);
  socket.readyState = 2;
  socket.bufferedAmount = 0;
  sender.done('1');
  assert.equal(sent.length, 1);
});
