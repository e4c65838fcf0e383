// Opening a port, with a sentence for everything that can be wrong with the address.
import type { AddressInfo, Server } from 'node:net';
import { Fault } from './fault.ts';

/** The port in use (port 0 lets the system choose). PORT_TAKEN and ADDRESS_REFUSED name the setting to change. */
export function listen(
  server: Server,
  { port, host }: { port: number; host: string },
  setting: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Fault('PORT_TAKEN', { port, setting }, { cause: error })
          : new Fault('ADDRESS_REFUSED', { host, port, setting, reason: error.code ?? 'unknown' }, { cause: error }),
      ),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
