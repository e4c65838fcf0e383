// In charge of the messages of the sign-in: asking for a password or for a SCRAM proof, and reading what comes.
import type { ClientStream } from '../session/client.ts';
import { cstringAt } from '../session/params.ts';
import { ProtocolError } from '../wire/frames.ts';
import { cstring, int32, message } from '../wire/write.ts';
import { type Challenge, SignInRefused } from './sign-in.ts';

/** Answers of the sign-in: a token is at most 16 kB. */
export const passwordLimit = 20_000;

export function createChallenge(client: ClientStream): Challenge {
  async function answer(question: Buffer): Promise<Buffer> {
    client.write(question);
    client.flush();
    const frame = await client.next();
    if (!frame) throw new SignInRefused();
    if (frame.type !== 'p')
      throw new ProtocolError(`expected password response, got message type ${frame.type.charCodeAt(0)}`);
    return frame.bytes;
  }
  return {
    async cleartext() {
      return cstringAt(await answer(message('R', int32(3))), 5).text;
    },
    async saslStart(mechanisms) {
      const bytes = await answer(message('R', int32(10), ...mechanisms.map(cstring), Buffer.from([0])));
      const { text, next } = cstringAt(bytes, 5);
      if (bytes.length < next + 4) throw new ProtocolError('malformed SCRAM message');
      return { mechanism: text, data: bytes.toString('latin1', next + 4) };
    },
    async saslContinue(data) {
      return (await answer(message('R', int32(11), Buffer.from(data)))).toString('latin1', 5);
    },
    saslFinal(data) {
      client.write(message('R', int32(12), Buffer.from(data)));
    },
  };
}
