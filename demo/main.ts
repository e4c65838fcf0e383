// The demo as a process of its own, so that inventing and serving data does not take the product's time; it tells its parent what it serves.
import { asFault, readSettings } from '@tessera/base';
import { startDemoServer } from './demo-server.ts';

try {
  const only = process.env.TESSERA_DEMO_TENANTS?.split(',').filter(Boolean);
  const { url, issuer, asOf, tenants } = await startDemoServer(
    readSettings(process.env),
    only?.length ? only : undefined,
  );
  process.send?.({ ready: { url, issuer, asOf: asOf.toISOString(), tenants } });
} catch (error) {
  const { message, code, cause } = asFault(error);
  process.send?.({ failed: { code, message: code === 'INTERNAL' ? String((cause as Error)?.stack) : message } });
  process.exitCode = 1;
  process.disconnect?.();
}
// The parent's end is ours, too.
process.on('disconnect', () => process.exit());
